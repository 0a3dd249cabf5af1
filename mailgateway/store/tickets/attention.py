"""Which tickets are to be looked at because their time has come: found by an index, each taken by one who looks."""

from datetime import datetime

from sqlalchemy import bindparam, select, tuple_

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.columns import Instant
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.tables.time import FiringRow

_DUE = (
    select(TicketRow.attend_at, TicketRow.number)
    .where(
        TicketRow.attend_at <= bindparam("now"),
        tuple_(TicketRow.attend_at, TicketRow.number) > tuple_(bindparam("at", type_=Instant()), bindparam("number")),
    )
    .order_by(TicketRow.attend_at, TicketRow.number)
    .limit(bindparam("most"))
)
_FIRST = (
    select(TicketRow.attend_at, TicketRow.number)
    .where(TicketRow.attend_at <= bindparam("now"))
    .order_by(TicketRow.attend_at, TicketRow.number)
    .limit(bindparam("most"))
)
_TAKE = (
    select(TicketRow.attend_at)
    .where(TicketRow.number == bindparam("number"), TicketRow.attend_at <= bindparam("now"))
    .with_for_update(skip_locked=True, key_share=True)
)
_FIRED = select(FiringRow.name).where(FiringRow.ticket == bindparam("number"))

Due = tuple[datetime, int]
"""When a ticket is due, and its number."""


def due(tx: Transaction, now: datetime, most: int, behind: Due | None = None) -> list[Due]:
    """Return tickets that are due, the longest waiting first, `most` at a time; those behind the one given."""
    if behind is None:
        return [(at, number) for at, number in tx.connection.execute(_FIRST, {"now": now, "most": most}) if at]
    at, number = behind
    where = {"now": now, "most": most, "at": at, "number": number}
    return [(at, number) for at, number in tx.connection.execute(_DUE, where) if at]


def take(tx: Transaction, number: int, now: datetime) -> datetime | None:
    """Keep others from a ticket and return since when it is due; None where somebody has it, or it no longer is."""
    return tx.connection.execute(_TAKE, {"number": number, "now": now}).scalar_one_or_none()


def fired(tx: Transaction, number: int) -> frozenset[str]:
    """Return the names of the moments of a ticket that have had their effect."""
    return frozenset(tx.connection.execute(_FIRED, {"number": number}).scalars())
