"""How much of their contracts organisations used: counted by index, for one of them per mail or for all in a list."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from mailgateway.desk.customers.organisations import Unit
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.tables.time import WorkRow

_TICKETS = (
    select(TicketRow.organisation, func.count())
    .where(
        TicketRow.organisation.in_(bindparam("names", expanding=True)),
        TicketRow.created_at >= bindparam("since"),
        TicketRow.created_at < bindparam("until"),
    )
    .group_by(TicketRow.organisation)
)
_MINUTES = (
    select(WorkRow.organisation, func.sum(WorkRow.minutes))
    .where(
        WorkRow.organisation.in_(bindparam("names", expanding=True)),
        WorkRow.at >= bindparam("since"),
        WorkRow.at < bindparam("until"),
    )
    .group_by(WorkRow.organisation)
)
_ADD = insert(WorkRow)
_WHOSE = select(TicketRow.organisation).where(TicketRow.number == bindparam("of"))
_MOVE = update(WorkRow).where(WorkRow.ticket == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Work:
    """So many minutes of an agent's on a ticket, and the organisation that they count for."""

    ticket: int
    organisation: str | None
    agent: str
    at: datetime
    minutes: int


def used(tx: Transaction, names: Collection[str], unit: Unit, since: datetime, until: datetime) -> dict[str, float]:
    """Return, for each organisation, the tickets opened or the hours worked from `since` to before `until`."""
    asked = {"names": list(names), "since": since, "until": until}
    statement, size = (_TICKETS, 1) if unit is Unit.TICKETS else (_MINUTES, 60)
    counted = {str(name): float(amount) / size for name, amount in tx.connection.execute(statement, asked)}
    return {name: counted.get(name, 0.0) for name in names}


def organisation_of(tx: Transaction, ticket: int) -> str | None:
    """Return the organisation that a ticket counts for."""
    whose: str | None = tx.connection.execute(_WHOSE, {"of": ticket}).scalar_one()
    return whose


def add_work(tx: Transaction, work: Work) -> None:
    """Note how long an agent worked on a ticket."""
    tx.connection.execute(_ADD, asdict(work))


def move_work(tx: Transaction, ticket: int, organisation: str | None) -> None:
    """Let the work on a ticket count for another organisation."""
    tx.connection.execute(_MOVE.values({WorkRow.organisation: organisation}), {"of": ticket})
