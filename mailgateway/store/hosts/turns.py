"""Work that one host at a time does, where others would do it in vain or not see what it does.

A turn ends with the transaction. SQLite needs none: a writing transaction is alone there, and so is the daemon.
"""

from sqlalchemy import bindparam, func, select

from mailgateway.store.engine import Transaction
from mailgateway.store.hosts.names import TURN, lock, number_of

_WAIT = select(func.pg_advisory_xact_lock(bindparam("turn")))
_TRY = select(func.pg_try_advisory_xact_lock(bindparam("turn")))


def take_turn(tx: Transaction, work: str) -> None:
    """Wait until no other host is at this work, and keep others from it."""
    if tx.dialect == "postgresql":
        tx.connection.execute(_WAIT, {"turn": lock(TURN, number_of(work))})


def is_free(tx: Transaction, work: str) -> bool:
    """Keep others from this work, unless another host is at it: then leave it to that one, and return False."""
    if tx.dialect != "postgresql":
        return True
    return bool(tx.connection.execute(_TRY, {"turn": lock(TURN, number_of(work))}).scalar_one())
