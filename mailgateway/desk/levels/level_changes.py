"""The changes of a plan that service levels consist of."""

from dataclasses import dataclass

from mailgateway.desk.levels.timepiece import Clock
from mailgateway.desk.model import Status


@dataclass(frozen=True, slots=True)
class SetServiceLevel:
    """Choose a service-level policy by name, or (None) leave it to the conditions of the policies."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SetClocks:
    """Let the clocks of the ticket stand as they are in `after`; `status` is the ticket's from now on."""

    before: tuple[Clock, ...]
    after: tuple[Clock, ...]
    status: Status


@dataclass(frozen=True, slots=True)
class Rouse:
    """Let the clocks and timers of a ticket that was made of old mail begin: somebody does something about it."""


LevelChange = SetServiceLevel | SetClocks | Rouse
