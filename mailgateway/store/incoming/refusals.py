"""Mails whose orders were not carried out, or that a rule turned away: what became of them, and who was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select, text

from mailgateway.desk.plan import Disposition
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.holding import HeldAnswerRow
from mailgateway.store.tables.lookup import possible_ids
from mailgateway.store.tables.partial import TURNED_AWAY
from mailgateway.store.tables.tickets import ArticleRow, EventRow, SpoolRow

_TOLD_BY = ("orders_refused", "answer_held")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A mail that was refused, or an agent's answer that is held. `id` is its entry in the spool.

    `not_told` says why its writer was not told, "" where they were; `reason` is what they were told.
    """

    id: int
    at: datetime
    mailbox: str
    ticket: int | None
    outcome: Disposition
    sender: str
    subject: str
    reason: str
    not_told: str


_STILL_HELD = exists().where(ArticleRow.spool_id == SpoolRow.id, HeldAnswerRow.article == ArticleRow.id)
LINES = (
    select(
        SpoolRow.id,
        SpoolRow.ended_at,
        SpoolRow.mailbox,
        SpoolRow.ticket,
        SpoolRow.disposition,
        SpoolRow.sender,
        SpoolRow.subject,
        SpoolRow.reason,
        EventRow.detail,
    )
    .outerjoin(
        EventRow,
        and_(
            EventRow.ticket == SpoolRow.ticket,
            EventRow.at == SpoolRow.ended_at,
            EventRow.what.in_(_TOLD_BY),
        ),
    )
    .where(text(TURNED_AWAY), or_(SpoolRow.disposition == Disposition.REFUSED, _STILL_HELD))
    .order_by(SpoolRow.id.desc())
)
"""What is listed, newest first; the tests look at how the databases find it."""


def listed(tx: Transaction, limit: int) -> tuple[Refusal, ...]:
    """Return mails that were refused and answers that are still held, newest first; `limit` 0 gives all."""
    return tuple(_refusal(row) for row in tx.connection.execute(LINES.limit(limit or None)))


def read(tx: Transaction, spool_id: int) -> Refusal | None:
    """Return one of them, None where there is none with this number."""
    row = tx.connection.execute(LINES.where(SpoolRow.id.in_(possible_ids([spool_id])))).first()
    return None if row is None else _refusal(row)


def _refusal(row: Any) -> Refusal:
    spool_id, at, mailbox, ticket, outcome, sender, subject, reason, detail = row
    told = detail or {}
    why, not_told = str(told.get("why", reason)), str(told.get("not_told", ""))
    return Refusal(spool_id, at, mailbox, ticket, outcome, sender, subject, why, not_told)
