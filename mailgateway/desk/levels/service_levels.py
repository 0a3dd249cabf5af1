"""Service levels as they are agreed: what is promised to whom, in which business time, and what happens on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import Priority, Status, Ticket


class Told(StrEnum):
    """Who may be told at a step of an escalation."""

    ASSIGNEE = "assignee"
    GROUP = "group"
    LEAD = "lead"
    MANAGER = "manager"


FINISHED = frozenset({Status.SOLVED, Status.CLOSED})
"""Where every clock stands still for good."""

_RAISED = {Priority.LOW: Priority.NORMAL, Priority.NORMAL: Priority.HIGH, Priority.HIGH: Priority.URGENT}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tickets something is for: the values that each property may have, none for any. Names in any case."""

    priority: frozenset[str] = frozenset()
    type: frozenset[str] = frozenset()
    organisation: frozenset[str] = frozenset()
    contract: frozenset[str] = frozenset()
    group: frozenset[str] = frozenset()

    def fits(self, ticket: Ticket, contract: str = "") -> bool:
        """Tell whether it is for this ticket, whose requester has this contract."""
        asked = (
            (self.priority, ticket.priority.value),
            (self.type, ticket.type.value),
            (self.organisation, ticket.organisation or ""),
            (self.contract, contract),
            (self.group, ticket.group),
        )
        return all(not wanted or value.casefold() in wanted for wanted, value in asked)


@dataclass(frozen=True, slots=True)
class Promise:
    """How much business time there is for each target, for the tickets of a scope."""

    lengths: Mapping[Target, timedelta]
    scope: Scope = Scope()


@dataclass(frozen=True, slots=True)
class Step:
    """What happens when a share of the time (in percent) is used up.

    By default it waits for business hours; with `anytime` it does not, and with an `on_call` group that one is told
    instead, outside business hours. `raises` makes the ticket more urgent, `group` takes it over.
    """

    share: int
    of: frozenset[Target]
    notify: tuple[Told, ...] = ()
    raises: bool = False
    group: str = ""
    on_call: str = ""
    anytime: bool = False

    def priority_for(self, ticket: Ticket) -> Priority:
        """Return how urgent a ticket is after this step."""
        return _RAISED.get(ticket.priority, ticket.priority) if self.raises else ticket.priority


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """A service-level policy. Of its promises the first that fits a ticket and speaks of a target counts for it.

    Time is counted in `calendar`, and people are told of it within `hours`. With `is_chosen_only` it is for no ticket
    that was not given it by name.
    """

    name: str
    calendar: Calendar
    hours: Calendar
    promises: tuple[Promise, ...]
    scope: Scope = Scope()
    pauses: frozenset[Status] = frozenset({Status.PENDING})
    steps: tuple[Step, ...] = ()
    is_chosen_only: bool = False

    def under(self, contract: str) -> "ServiceLevel":
        """Return the policy without what is promised to other contracts than this one."""
        wanted = contract.casefold()
        kept = tuple(one for one in self.promises if not one.scope.contract or wanted in one.scope.contract)
        return self if kept == self.promises else replace(self, promises=kept)

    def counted_in(self, calendar: Calendar) -> "ServiceLevel":
        """Return the policy with its time counted in another calendar, within which people are told, too.

        Where working hours of their own are given for telling people, these stay.
        """
        if calendar == self.calendar:
            return self
        return replace(self, calendar=calendar, hours=calendar if self.hours == self.calendar else self.hours)

    def lengths(self, ticket: Ticket) -> dict[Target, timedelta]:
        """Return how much business time there is for each target of a ticket whose contract it is `under`."""
        found: dict[Target, timedelta] = {}
        for promise in self.promises:
            if replace(promise.scope, contract=frozenset()).fits(ticket):
                for target, length in promise.lengths.items():
                    found.setdefault(target, length)
        return found


def level_of(
    ticket: Ticket, levels: tuple[ServiceLevel, ...], contract: str = "", agreed: tuple[str, ...] = ()
) -> ServiceLevel | None:
    """Return the policy of a ticket: the one chosen for it by name, else the first of those `agreed` for it.

    Where none is named, or the names are gone, the first that is for such tickets. `contract` is the requester's.
    """
    for name in (ticket.service_level, *agreed):
        for level in levels:
            if level.name == name:
                return level.under(contract)
    fitting = (level for level in levels if not level.is_chosen_only and level.scope.fits(ticket, contract))
    found = next(fitting, None)
    return found.under(contract) if found is not None else None
