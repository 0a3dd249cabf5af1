"""Between which groups a ticket was handed."""

from datetime import datetime

from sqlalchemy import bindparam, select

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.tickets import EventRow

MOST_READ = 100

_MOVES = (
    select(EventRow.detail)
    .where(EventRow.ticket == bindparam("number"), EventRow.what == "group", EventRow.at > bindparam("since"))
    .order_by(EventRow.id.desc())
    .limit(MOST_READ)
)


def handovers(tx: Transaction, number: int, since: datetime) -> tuple[tuple[str, str], ...]:
    """Return from which group to which a ticket went since a time, the last first; its own events alone are read."""
    found = tx.connection.execute(_MOVES, {"number": number, "since": since}).scalars()
    return tuple((str(detail.get("before", "")), str(detail.get("after", ""))) for detail in found)
