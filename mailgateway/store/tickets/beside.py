"""The other open tickets about a configuration item."""

from sqlalchemy import bindparam, select, text

from mailgateway.desk.model import Beside
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.partial import OPEN_CI
from mailgateway.store.tables.tickets import TicketRow

MOST_BESIDE = 10

# written as the index has it, for both databases take a partial index only where they see that it holds what is asked
_BESIDE = (
    select(TicketRow.number, TicketRow.subject, TicketRow.status)
    .where(TicketRow.ci == bindparam("ci"), text(OPEN_CI), TicketRow.number != bindparam("number"))
    .order_by(TicketRow.number.desc())
    .limit(MOST_BESIDE)
)


def open_beside(tx: Transaction, ci: str | None, number: int) -> tuple[Beside, ...]:
    """Return the newest other tickets about the same thing that are open, ten at most; nothing is read without one."""
    if not ci:
        return ()
    return tuple(Beside(*row) for row in tx.connection.execute(_BESIDE, {"ci": ci, "number": number}))
