"""When tickets were open: written with the change that opened or ended it."""

from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from mailgateway.desk.model import Status
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.columns import Instant
from mailgateway.store.tables.time import SpellRow

_DONE = (Status.SOLVED, Status.CLOSED)
_FIRST = insert(SpellRow)
_NEXT = insert(SpellRow).from_select(
    ["ticket", "spell", "began_at"],
    select(
        bindparam("number", type_=SpellRow.ticket.type),
        func.coalesce(func.max(SpellRow.spell), 0) + 1,
        bindparam("at", type_=Instant()),
    ).where(SpellRow.ticket == bindparam("number", type_=SpellRow.ticket.type)),
)
_END = (
    update(SpellRow)
    .where(SpellRow.ticket == bindparam("number"), SpellRow.ended_at.is_(None))
    .values(ended_at=bindparam("at", type_=Instant()))
)


def begin_spell(tx: Transaction, number: int, status: Status, at: datetime) -> None:
    """Note that a ticket is new; one that is opened as done was open for no time."""
    ended_at = at if status in _DONE else None
    tx.connection.execute(_FIRST, {"ticket": number, "spell": 1, "began_at": at, "ended_at": ended_at})


def turn_spells(tx: Transaction, number: int, before: Status, after: Status, at: datetime) -> None:
    """Note that a ticket is done, or open again; any other change of its status is none of either."""
    if (before in _DONE) == (after in _DONE):
        return
    tx.connection.execute(_END if after in _DONE else _NEXT, {"number": number, "at": at})
