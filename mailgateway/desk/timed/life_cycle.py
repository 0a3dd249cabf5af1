"""How long a ticket stays as it is when nobody does anything, and which tickets have times of their own for that."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mailgateway.desk.levels.service_levels import Scope
from mailgateway.desk.model import Ticket


@dataclass(frozen=True, slots=True)
class OwnTimes:
    """Times (by the names that a life cycle has for them) of the tickets of a scope; None for never."""

    scope: Scope
    times: Mapping[str, timedelta | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """What happens to a ticket by itself when nobody does anything; None for nothing.

    Counted from the last thing that a person did, or from the status if that was set later: when the customer who is
    waited for is reminded, when such a ticket is solved, and when a solved one is closed.
    A mail opens a closed ticket again if it was closed less than `reopen_within` ago; None is for ever.
    Of the `exceptions` the first that fits a ticket and speaks of a time counts for it.
    """

    remind_after: timedelta | None = None
    solve_after: timedelta | None = None
    close_after: timedelta | None = None
    reopen_within: timedelta | None = None
    exceptions: tuple[OwnTimes, ...] = ()

    def of(self, ticket: Ticket, contract: str = "") -> "LifeCycle":
        """Return the times that hold for a ticket, whose requester has this contract."""
        found: dict[str, timedelta | None] = {}
        for one in self.exceptions:
            if one.scope.fits(ticket, contract):
                found = {**one.times, **found}
        return replace(
            self,
            remind_after=found.get("remind_after", self.remind_after),
            solve_after=found.get("solve_after", self.solve_after),
            close_after=found.get("close_after", self.close_after),
            reopen_within=found.get("reopen_within", self.reopen_within),
            exceptions=(),
        )
