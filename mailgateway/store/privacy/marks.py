"""How far retention has come, by kind. Taking the mark is the lock under which one host at a time goes on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from mailgateway.desk.privacy.retention import Kind
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.privacy import RetentionRow
from mailgateway.store.upsert import insert_new

_NEW = insert_new(RetentionRow)
_COLUMNS = (
    RetentionRow.closed_at,
    RetentionRow.ticket,
    RetentionRow.round_at,
    RetentionRow.done_at,
    RetentionRow.removed,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to the ticket `ticket`, closed at `closed_at`, all is done in the round that began at `round_at`.

    `done_at` is when nothing was left to do the last time, `removed` how much went in all.
    """

    closed_at: datetime | None
    ticket: int
    round_at: datetime
    done_at: datetime | None
    removed: int


def take(tx: Transaction, kind: Kind, now: datetime) -> Mark | None:
    """Return the mark of a kind, kept from others until the end of the transaction; None where another has it."""
    first = {"kind": kind.value, "ticket": 0, "round_at": now, "removed": 0}
    tx.connection.execute(_NEW[tx.dialect], first)
    found = select(*_COLUMNS).where(RetentionRow.kind == kind.value).with_for_update(skip_locked=True)
    row = tx.connection.execute(found).first()
    return None if row is None else Mark(*row)


def keep(tx: Transaction, kind: Kind, mark: Mark) -> None:
    """Write a mark down."""
    values = {
        RetentionRow.closed_at: mark.closed_at,
        RetentionRow.ticket: mark.ticket,
        RetentionRow.round_at: mark.round_at,
        RetentionRow.done_at: mark.done_at,
        RetentionRow.removed: mark.removed,
    }
    tx.connection.execute(update(RetentionRow).where(RetentionRow.kind == kind.value).values(values))


def marks(tx: Transaction) -> dict[Kind, Mark]:
    """Return how far all kinds have come."""
    found = tx.connection.execute(select(*_COLUMNS, RetentionRow.kind)).all()
    return {Kind(row.kind): Mark(*row[:-1]) for row in found}
