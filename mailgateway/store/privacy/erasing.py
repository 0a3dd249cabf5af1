"""How a person goes: each kind of row by itself, a part at a time, each part a transaction of its own.

Each function returns how much went, by the words of the record.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, delete, literal, select, update

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.plan import Disposition
from mailgateway.desk.privacy.person import ERASED_TEXT, Person, bare_trace
from mailgateway.mail.model import Address
from mailgateway.store.engine import Transaction
from mailgateway.store.loose import let_go
from mailgateway.store.privacy.traces import HAS_CONTENT, KNOWN, Keys
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.holding import HeldAnswerRow
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tables.tickets import (
    ArticleRow,
    AttachmentRow,
    CallRow,
    OutboxRow,
    ParticipantRow,
    SpoolRow,
    SuppressionRow,
    TicketRow,
)
from mailgateway.store.tables.wishes import UnsubscriptionRow

Counts = Mapping[str, int]

_UNDER_WAY = (DeliveryState.QUEUED, DeliveryState.SENDING)
_GIVEN_UP = {"state": DeliveryState.CANCELLED, "next_attempt_at": None}
_TOLD = "a person was erased on request"


def empty_letters(tx: Transaction, tickets: Sequence[int], letters: Sequence[int], most: int) -> Counts:
    """Remove the content of letters that wait no longer, those of tickets and these; of `most` at most."""
    which = OutboxRow.ticket.in_(tickets) | OutboxRow.id.in_(letters)
    some = (
        select(OutboxRow.id, OutboxRow.sha256).where(which, HAS_CONTENT, OutboxRow.state.not_in(_UNDER_WAY)).limit(most)
    )
    rows = tx.connection.execute(some).all()
    let_go(tx, [row.sha256 for row in rows])
    emptied = update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows]))
    tx.connection.execute(emptied.values(content=None, sha256=None, answer=""))
    return {"letters": len(rows)}


def empty_calls(tx: Transaction, tickets: Sequence[int], most: int) -> Counts:
    """Remove the content of webhook calls about tickets that wait no longer; of `most` at most."""
    ended = CallRow.ticket.in_(tickets) & (CallRow.content != b"") & CallRow.state.not_in(_UNDER_WAY)
    ids = tx.connection.execute(select(CallRow.id).where(ended).limit(most)).scalars().all()
    tx.connection.execute(update(CallRow).where(CallRow.id.in_(ids)).values(content=b"", answer=""))
    return {"calls": len(ids)}


def give_up_unsent(tx: Transaction, tickets: Sequence[int], letters: Sequence[int], now: datetime) -> Counts:
    """Send nothing more of what is queued: letters, and what tickets have of letters and calls."""
    values = {**_GIVEN_UP, "ended_at": now}
    of = OutboxRow.ticket.in_(tickets) | OutboxRow.id.in_(letters)
    tx.connection.execute(update(OutboxRow).where(of, OutboxRow.state == DeliveryState.QUEUED).values(**values))
    waiting = CallRow.ticket.in_(tickets) & (CallRow.state == DeliveryState.QUEUED)
    tx.connection.execute(update(CallRow).where(waiting).values(**values))
    return {}


def rename_recipient(tx: Transaction, letters: Sequence[int], marker: str) -> Counts:
    """Let letters that wait no longer name the marker as their recipient."""
    values: dict[str, Any] = {
        "dedupe_key": literal("erased/") + cast(OutboxRow.id, Text),
        "recipient": marker,
        "recipient_key": address_key(marker),
        "domain": address_key(marker.rpartition("@")[2]),
        "answer": "",
    }
    renamed = update(OutboxRow).where(OutboxRow.id.in_(letters), OutboxRow.state.not_in(_UNDER_WAY))
    tx.connection.execute(renamed.values(**values))
    return {}


def erase_mails(tx: Transaction, mails: Sequence[int]) -> Counts:
    """Remove the bytes of mails; the ledger keeps that they came, and what became of them."""
    kept = SpoolRow.id.in_(mails) & (SpoolRow.state != SpoolState.WAITING) & KNOWN
    rows = tx.connection.execute(select(SpoolRow.id, SpoolRow.sha256, SpoolRow.state).where(kept)).all()
    let_go(tx, [row.sha256 for row in rows])
    gone = SpoolRow.id.in_([row.id for row in rows])
    tx.connection.execute(update(SpoolRow).where(gone).values(sha256="", subject="", sender="", error=""))
    dropped = {"state": SpoolState.FINISHED, "disposition": Disposition.DISCARDED, "reason": _TOLD}
    tx.connection.execute(update(SpoolRow).where(gone, SpoolRow.state == SpoolState.QUARANTINED).values(**dropped))
    return {"mails": len(rows)}


def erase_articles(tx: Transaction, articles: Sequence[int], person: Person, marker: str) -> Counts:
    """Remove words and files of articles, and who wrote them where that is the person."""
    files = tx.connection.execute(
        delete(AttachmentRow).where(AttachmentRow.article.in_(articles)).returning(AttachmentRow.sha256)
    )
    digests = files.scalars().all()
    let_go(tx, digests)
    sign_articles(tx, articles, person, marker)
    values = {"text": ERASED_TEXT, "full_text": ERASED_TEXT, "html": None}
    erased = update(ArticleRow).where(ArticleRow.id.in_(articles), ArticleRow.text != ERASED_TEXT).values(**values)
    return {"articles": tx.connection.execute(erased).rowcount, "attachments": len(digests)}


def sign_articles(tx: Transaction, articles: Sequence[int], person: Person, marker: str) -> Counts:
    """Put the marker for the person as the writer of articles, and where their flags name them."""
    found = select(ArticleRow.id, ArticleRow.sender_name, ArticleRow.sender_address, ArticleRow.flags)
    for number, name, address, flags in tx.connection.execute(found.where(ArticleRow.id.in_(articles))).all():
        sender = Address(marker, "") if person.has(address) else Address(name, address)
        values = {"sender_name": sender.name, "sender_address": sender.address, "flags": person.out_of(flags, marker)}
        tx.connection.execute(update(ArticleRow).where(ArticleRow.id == number).values(**values))
    return {}


def erase_heads(tx: Transaction, own: Sequence[int], whose: Keys, marker: str) -> Counts:
    """Remove from tickets of theirs who asked and what for; status, times and figures stay."""
    theirs = TicketRow.number.in_(own) & TicketRow.requester_key.in_(whose.keys)
    traces = select(TicketRow.number, TicketRow.trace).where(theirs).with_for_update()
    rows = tx.connection.execute(traces).all()
    for number, trace in rows:
        values: dict[str, Any] = {
            "requester_name": marker,
            "requester_address": "",  # so that nobody is ever written to
            "requester_key": address_key(marker),
            "subject": ERASED_TEXT,
            "fields": {},
            "trace": bare_trace(trace),
        }
        tx.connection.execute(update(TicketRow).where(TicketRow.number == number).values(values))
    tx.connection.execute(delete(HeldAnswerRow).where(HeldAnswerRow.ticket.in_(own)))
    return {"tickets": len(rows)}


def leave_tickets(tx: Transaction, tickets: Sequence[int], whose: Keys) -> None:
    """Let them take part in tickets no longer."""
    gone = ParticipantRow.ticket.in_(tickets) & ParticipantRow.key.in_(whose.keys)
    tx.connection.execute(delete(ParticipantRow).where(gone))


def erase_address(tx: Transaction, whose: Keys) -> Counts:
    """Forget what is known of their addresses."""
    closed = delete(SuppressionRow).where(SuppressionRow.key.in_(whose.keys))
    wishes = delete(UnsubscriptionRow).where(UnsubscriptionRow.key.in_(whose.keys))
    return {
        "suppressions": tx.connection.execute(closed).rowcount,
        "unsubscriptions": tx.connection.execute(wishes).rowcount,
    }
