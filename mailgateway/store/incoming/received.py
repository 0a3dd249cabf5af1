"""Mail about new matters that was received: what rules can be tried on again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from mailgateway.desk.plan import Disposition
from mailgateway.desk.routing.backtest import DISCARDED, QUARANTINED, REJECTED
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.tickets import SpoolRow, TicketRow

_ROUTED = (Disposition.OPENED, Disposition.DISCARDED, Disposition.REFUSED)
_INSTEAD = {
    Disposition.DISCARDED: DISCARDED,
    Disposition.QUARANTINED: QUARANTINED,
    Disposition.REFUSED: REJECTED,
}


@dataclass(frozen=True, slots=True)
class Received:
    """A mail, where it lies, and where it went then: a group, or in brackets what became of it instead."""

    spool_id: int
    mailbox: str
    received_at: datetime
    sha256: str
    subject: str
    ticket: int | None
    went_to: str


def count_since(tx: Transaction, since: datetime) -> int:
    """Count the mails that `received_since` gives."""
    counted = select(func.count()).select_from(SpoolRow).where(*_decided(since))
    return tx.connection.execute(counted).scalar_one()


def received_since(tx: Transaction, since: datetime, after: int = 0, most: int = 0) -> tuple[Received, ...]:
    """Return the mails that rules decided about since then, oldest first: `most` of those behind the id `after`."""
    columns = (
        SpoolRow.id,
        SpoolRow.mailbox,
        SpoolRow.received_at,
        SpoolRow.sha256,
        func.coalesce(TicketRow.subject, SpoolRow.subject),
        SpoolRow.ticket,
        SpoolRow.disposition,
        TicketRow.trace[("final", "group")].as_string(),  # not the trace: a hundred thousand of them are large
    )
    statement = (
        select(*columns)
        .select_from(SpoolRow)
        .outerjoin(TicketRow, TicketRow.number == SpoolRow.ticket)
        .where(SpoolRow.id > after, *_decided(since))
        .order_by(SpoolRow.id)
        .limit(most or None)
    )
    return tuple(
        Received(spool_id, mailbox, received_at, sha256, subject, ticket, _went_to(disposition, group))
        for spool_id, mailbox, received_at, sha256, subject, ticket, disposition, group in tx.connection.execute(
            statement
        )
    )


def _decided(since: datetime) -> tuple[ColumnElement[bool], ...]:
    by_rules = or_(
        SpoolRow.disposition == Disposition.OPENED,
        SpoolRow.disposition.in_(_ROUTED) & SpoolRow.reason.startswith("rule "),
        (SpoolRow.state == SpoolState.QUARANTINED) & (SpoolRow.stage == "decide") & SpoolRow.error.startswith("rule "),
    )
    return SpoolRow.received_at >= since, SpoolRow.headers_only.is_(False), by_rules


def _went_to(disposition: Disposition | None, group: str | None) -> str:
    if disposition is Disposition.OPENED:
        return group or ""
    return _INSTEAD.get(disposition, "") if disposition is not None else ""
