"""What happened to tickets is written down here, and nowhere else; and read, in the order of its numbers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, text

from mailgateway.desk.events import Event
from mailgateway.store.engine import Store, Transaction
from mailgateway.store.tables.tickets import EventRow

# PostgreSQL hands out numbers before it commits, so that a lower one may appear after a higher one. Whoever is about to
# write events holds a lock that carries the last number handed out before; whoever reads goes no further than that.
_MARK = 0x6D67 << 48
_TAKE_MARK = text(
    f"SELECT pg_advisory_xact_lock_shared({_MARK} + last_value - CASE WHEN is_called THEN 0 ELSE 1 END)"  # noqa: S608
    " FROM events_id_seq"
)
_LAST = text("SELECT last_value FROM events_id_seq")
_LOWEST_MARK = text(
    f"SELECT min(((classid::bigint << 32) | objid::bigint) - {_MARK}) FROM pg_locks"  # noqa: S608 - a constant
    " WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = :mark"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
# SQLite numbers the rows of a statement in their order; asked to sort by parameters it would write them one by one.
_RECORD = {
    "sqlite": insert(EventRow).returning(EventRow.id),
    "postgresql": insert(EventRow).returning(EventRow.id, sort_by_parameter_order=True),
}
_EVENTS = (
    select(EventRow.ticket, EventRow.at, EventRow.actor, EventRow.what, EventRow.detail, EventRow.id)
    .where(EventRow.id > bindparam("after"))
    .order_by(EventRow.id)
    .limit(bindparam("most"))
)
_UP_TO = EventRow.id <= bindparam("last")
_OF_TICKET = EventRow.ticket == bindparam("number")


def record(tx: Transaction, events: Sequence[Event]) -> None:
    """Write events down in this order, and let who listens to the store know of them before the commit."""
    if not events:
        return
    if tx.dialect == "postgresql" and not tx.happened:
        tx.connection.execute(_TAKE_MARK)
    rows = [
        {"ticket": one.ticket, "at": one.at, "actor": one.actor, "what": one.what, "detail": dict(one.detail)}
        for one in events
    ]
    ids = sorted(tx.connection.execute(_RECORD[tx.dialect], rows).scalars())
    tx.happened.extend(replace(event, id=number) for event, number in zip(events, ids, strict=True))


def read_on(store: Store, after: int, limit: int, ticket: int | None = None) -> tuple[Event, ...]:
    """Return at most `limit` events behind the one numbered `after`, in the order of their numbers.

    What is returned is all that there will ever be up to its last one: an event that another transaction has a lower
    number for, and has not committed yet, keeps later ones back. Raises StoreBusy and StoreUnusable.
    """
    last = _settled(store)
    wanted, values = _EVENTS, {"after": after, "most": limit}
    if last is not None:
        wanted, values = wanted.where(_UP_TO), values | {"last": last}
    if ticket is not None:
        wanted, values = wanted.where(_OF_TICKET), values | {"number": ticket}
    with store.reading() as tx:
        return tuple(Event(*row) for row in tx.connection.execute(wanted, values))


def last_number(store: Store) -> int:
    """Return the number behind which everything is still to come, 0 where nothing happened yet."""
    last = _settled(store)
    known = select(func.max(EventRow.id))
    with store.reading() as tx:
        return tx.connection.execute(known if last is None else known.where(EventRow.id <= last)).scalar() or 0


def number_before(store: Store, moment: datetime) -> int:
    """Return the number behind which everything lies that happened from a moment on."""
    first = select(func.min(EventRow.id)).where(EventRow.at >= moment)
    with store.reading() as tx:
        found = tx.connection.execute(first).scalar()
    return last_number(store) if found is None else found - 1


def _settled(store: Store) -> int | None:
    """Return the number up to which nothing can come any more; None where one writes at a time, as in SQLite.

    In a transaction of its own, as what is read afterwards has to be seen later than this. The last number comes first:
    who takes a mark after that gets higher numbers.
    """
    if store.engine.dialect.name != "postgresql":
        return None
    with store.reading() as tx:
        last: int = tx.connection.execute(_LAST).scalar_one()
        lowest = tx.connection.execute(_LOWEST_MARK, {"mark": _MARK >> 48}).scalar()
    return last if lowest is None else min(last, lowest)
