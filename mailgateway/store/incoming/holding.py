"""Answers of agents that are held: kept, asked about once more, released, and taken along where tickets are merged."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, update

from mailgateway.errors import StoreBusy
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.holding import HeldAnswerRow
from mailgateway.store.tables.tickets import TicketRow

_HOLD = insert(HeldAnswerRow)
_OF = HeldAnswerRow.article == bindparam("of")
_HOLD_ON = update(HeldAnswerRow).where(_OF)
_RELEASE = delete(HeldAnswerRow).where(_OF)
_MOVE = update(HeldAnswerRow).where(HeldAnswerRow.ticket == bindparam("merged"))
_ATTEND = update(TicketRow).where(TicketRow.number == bindparam("survivor"))


def hold(tx: Transaction, ticket: int, article: int, agent: str, at: datetime, *, inside: bool) -> None:
    """Let an article of a ticket wait for its writer's decision."""
    row = {"article": article, "ticket": ticket, "agent": agent, "at": at, "inside": inside}
    tx.connection.execute(_HOLD, row)


def hold_on(tx: Transaction, article: int, at: datetime) -> None:
    """Note that the writer was asked again; raises StoreBusy where the answer is held no longer."""
    _one(tx.connection.execute(_HOLD_ON, {"of": article, "at": at}).rowcount, article)


def release(tx: Transaction, article: int) -> None:
    """Hold an answer no longer; raises StoreBusy where somebody released it before."""
    _one(tx.connection.execute(_RELEASE, {"of": article}).rowcount, article)


def move_held(tx: Transaction, merged: int, survivor: int, at: datetime) -> None:
    """Let what is held with a merged ticket be held with the one that goes on, and have that one looked at for it."""
    if tx.connection.execute(_MOVE, {"merged": merged, "ticket": survivor}).rowcount:
        tx.connection.execute(_ATTEND, {"survivor": survivor, "attend_at": at})


def _one(rows: int, article: int) -> None:
    if rows != 1:
        raise StoreBusy(f"article {article} is no longer held")
