"""What time it is for all hosts that share a database: what its clock says."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, literal, select

from mailgateway import clock
from mailgateway.store.engine import Store, Transaction
from mailgateway.store.tables.columns import Instant

_TIME = func.clock_timestamp(type_=Instant())


def clock_of_database(tx: Transaction) -> datetime | None:
    """Return what the clock of the database's host says, None where that is our own (SQLite)."""
    return None if tx.dialect == "sqlite" else tx.connection.execute(select(_TIME)).scalar_one()


def keep_time(store: Store) -> None:
    """Have this process go by the database's clock, where other hosts may; raises StoreBusy and StoreUnusable."""
    with store.reading() as tx:
        if tx.dialect == "postgresql":
            agree(tx.connection)


def agree(connection: Connection) -> timedelta:
    """Let the time of this process be PostgreSQL's; return how far the host's own clock is ahead of it."""
    asked = clock.monotonic()
    told = connection.execute(select(_TIME)).scalar_one()
    clock.keep_to(told, asked, clock.monotonic())
    return clock.own() - clock.now()


def time_of_lease(tx: Transaction, now: datetime) -> ColumnElement[datetime]:
    """Give the time that a lease begins and ends by: the database's own, when the statement runs.

    It is the same for all hosts, whatever theirs say: one that wakes up after an hour has agreed on nothing yet. SQLite
    has one host, and its time is `now`.
    """
    return literal(now, Instant()) if tx.dialect == "sqlite" else _TIME
