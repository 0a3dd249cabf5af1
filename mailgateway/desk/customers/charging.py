"""A new ticket and the contract that it counts for: what becomes of it when there is no room left."""

from dataclasses import dataclass, replace

from mailgateway.desk.customers.allowance import Use, allowance_of
from mailgateway.desk.customers.organisations import Contract, Organisation, WhenUsedUp
from mailgateway.desk.facts import Facts
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import Notice, NoticeKind, OpenTicket, Plan, RecordEvent
from mailgateway.desk.policy import Policy

BEYOND_CONTRACT = "beyond-contract"
"""The tag of tickets for which a contract had no room left."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """A new matter for which a contract has no room left."""

    organisation: Organisation
    contract: Contract
    use: Use

    @property
    def tells_requester(self) -> bool:
        """Tell whether the requester is told."""
        return self.contract.when_used_up is WhenUsedUp.REPLY

    def in_figures(self) -> dict[str, str]:
        """Return it as plain words and figures."""
        allowance = self.use.allowance
        return {
            "organisation": self.organisation.name,
            "contract": self.contract.name,
            "used": f"{self.use.used:g}",
            "amount": f"{allowance.amount:g}",
            "unit": allowance.unit.value,
            "per": allowance.per.value,
        }


@dataclass(frozen=True, slots=True)
class Room:
    """Whether a contract has room for a new matter; `asks_use_of` names whose use has to be counted first."""

    beyond: Beyond | None = None
    asks_use_of: str = ""


def room_for(name: str | None, facts: Facts, policy: Policy) -> Room:
    """Say whether the organisation of this name has room left for a new ticket."""
    organisation = policy.organisations.named(name)
    allowance = allowance_of(organisation)
    if organisation is None or organisation.contract is None or allowance is None:
        return Room()
    if organisation.name not in facts.used:
        return Room(asks_use_of=organisation.name)
    use = Use(allowance, facts.used[organisation.name])
    return Room(Beyond(organisation, organisation.contract, use) if use.is_used_up else None)


def charged(plan: Plan, facts: Facts, policy: Policy) -> Plan:
    """Return a plan that opens a ticket with what its contract makes of it; any other as it is.

    Beyond the allowance the ticket is taken in and marked, whoever works on it is told, and the requester too where
    the contract says so.
    """
    opening = plan.changes[0] if plan.changes else None
    if not isinstance(opening, OpenTicket):
        return plan
    room = room_for(opening.ticket.organisation, facts, policy)
    if room.beyond is None:
        return replace(plan, asks_use_of=room.asks_use_of)
    ticket = replace(opening.ticket, tags=(*opening.ticket.tags, BEYOND_CONTRACT))
    used_up = RecordEvent("contract_used_up", room.beyond.in_figures())
    return replace(
        plan,
        changes=(replace(opening, ticket=ticket), *plan.changes[1:], used_up),
        notices=tuple(_telling(notice, ticket, room.beyond) for notice in plan.notices),
    )


def _telling(notice: Notice, ticket: Ticket, beyond: Beyond) -> Notice:
    if notice.kind is NoticeKind.AGENT_NOTIFICATION:
        return replace(notice, ticket=ticket, values={**notice.values, "used_up": beyond.in_figures()})
    if notice.kind is NoticeKind.ACKNOWLEDGEMENT:
        return replace(notice, ticket=ticket, values={**notice.values, "used_up": beyond.tells_requester})
    return notice
