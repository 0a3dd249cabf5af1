"""A letter of the outbox that another one takes the place of: what stays the same, and the exchange itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from mailgateway.desk.letters.delivery import Delivery
from mailgateway.desk.letters.urgency import Urgency
from mailgateway.mail.model import Letter
from mailgateway.store.engine import Transaction
from mailgateway.store.hosts.news import News
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.outbox import Queued
from mailgateway.store.outgoing.queue import Queue
from mailgateway.store.tables.tickets import OutboxRow

_QUEUE = Queue(OutboxRow, News.LETTERS)
_ORIGINAL = select(
    OutboxRow.dedupe_key,
    OutboxRow.ticket,
    OutboxRow.notice,
    OutboxRow.audience,
    OutboxRow.automatic,
    OutboxRow.urgency,
    OutboxRow.mailbox,
    OutboxRow.language,
    OutboxRow.created_at,
    OutboxRow.first_at,
).where(OutboxRow.id == bindparam("outgoing_id"))


@dataclass(frozen=True, slots=True)
class Original:
    """What is known of a letter beside its bytes and envelope."""

    dedupe_key: str
    ticket: int | None
    notice: str
    audience: str
    automatic: bool
    urgency: int
    mailbox: str
    language: str
    created_at: datetime
    first_at: datetime


def original(tx: Transaction, outgoing_id: int) -> Original:
    """Return what is known of a letter."""
    return Original(**tx.connection.execute(_ORIGINAL, {"outgoing_id": outgoing_id}).mappings().one())


def replace_letter(tx: Transaction, outgoing_id: int, before: Original, letter: Letter, verdict: Delivery) -> bool:
    """Queue a letter, due now, in the place of one that was claimed, which ends by the verdict.

    It is as old as the other, and has no more time to be tried. False where the other was taken from us meanwhile.
    """
    if not _QUEUE.write(tx, {outgoing_id: verdict}):
        return False
    new = Queued(
        dedupe_key=f"{before.dedupe_key}/without-files",
        ticket=before.ticket,
        notice=before.notice,
        audience=before.audience,
        automatic=before.automatic,
        letter=letter,
        urgency=Urgency(before.urgency),
        due=before.first_at,
        mailbox=before.mailbox,
        language=before.language,
    )
    outbox.put(tx, [new], before.created_at)
    return True
