"""Who may get a ticket, and what is known of its requester: asked only where a rule needs it.

The turn of a group is chosen and noted under the lock of its row, so that any number of hosts share the work fairly.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, exists, func, select, update

from mailgateway.desk.facts import Workload
from mailgateway.desk.model import Status
from mailgateway.rules.schema import Requester
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.gateway import TurnRow
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.upsert import insert_new

_DONE = (Status.SOLVED, Status.CLOSED)
_THEIRS = TicketRow.requester_key.in_(bindparam("requester", expanding=True))
_KNOWN = select(exists().where(_THEIRS))
_OPEN_OF = select(func.count()).select_from(TicketRow).where(_THEIRS, TicketRow.status.not_in(_DONE))
_NEW_TURN = insert_new(TurnRow)
_TURN = select(TurnRow.agent).where(TurnRow.group == bindparam("group")).with_for_update()
_TAKE = update(TurnRow).where(TurnRow.group == bindparam("of_group"))
_OPEN_BY = (
    select(TicketRow.assignee, func.count())
    .where(TicketRow.assignee.in_(bindparam("members", expanding=True)), TicketRow.status.not_in(_DONE))
    .group_by(TicketRow.assignee)
)
_HELPER = (
    select(TicketRow.assignee)
    .where(_THEIRS, TicketRow.assignee.in_(bindparam("members", expanding=True)))
    .order_by(TicketRow.number.desc())
    .limit(1)
)


def known_requester(tx: Transaction, addresses: Collection[str]) -> Requester:
    """Return what the tickets say of somebody who has these addresses; nobody has none, or an empty one."""
    who = _who(addresses)
    if not who["requester"] or not tx.connection.execute(_KNOWN, who).scalar_one():
        return Requester(known=False, open_tickets=0)
    return Requester(known=True, open_tickets=tx.connection.execute(_OPEN_OF, who).scalar_one())


def gather_workload(tx: Transaction, group: str, members: Sequence[str], requester: Collection[str]) -> Workload:
    """Return how a group's work is spread, and keep others from choosing in it until the transaction ends.

    `requester` holds every address of the person whose last helper is looked for.
    """
    tx.connection.execute(_NEW_TURN[tx.dialect], {"group_name": group, "agent": ""})
    last = tx.connection.execute(_TURN, {"group": group}).scalar_one()
    among = {"members": list(members)}
    counted = {str(agent): count for agent, count in tx.connection.execute(_OPEN_BY, among)}
    helper = tx.connection.execute(_HELPER, {**among, **_who(requester)}).scalar_one_or_none()
    return Workload(group, last, counted, helper)


def _who(addresses: Collection[str]) -> dict[str, list[str]]:
    return {"requester": [address_key(address) for address in addresses if address]}


def take_turn(tx: Transaction, group: str, agent: str) -> None:
    """Note whose turn it was; the group's workload was gathered in the same transaction."""
    tx.connection.execute(_TAKE.values({TurnRow.agent: agent}), {"of_group": group})
