"""One clock of a ticket: business time counted towards a target."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mailgateway.desk.levels.calendar import Calendar


class Target(StrEnum):
    """What is promised: a first answer, each further one, that it is solved, and among us that somebody takes it."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Clock:
    """How much of the time for a target is used up.

    A target can have several, one after the other (`cycle` from 1): what is opened again is to be solved again.
    `counted` is business time up to `running_since`, which is None while it stands still. `due_at` is when the time is
    used up if nothing happens; None while it stands still with time left. A clock ends when its promise is kept
    (`met_at`), or called off (`ended_at`): the ticket was handed on, or nothing is promised any more.
    """

    target: Target
    cycle: int
    policy: str
    calendar: str
    length: timedelta
    started_at: datetime
    counted: timedelta = timedelta()
    running_since: datetime | None = None
    due_at: datetime | None = None
    met_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether the promise is neither kept nor called off."""
        return self.met_at is None and self.ended_at is None

    def is_breached(self, now: datetime) -> bool:
        """Tell whether the time was used up before the promise was kept; a promise called off is not broken."""
        if self.due_at is None or self.ended_at is not None:
            return False
        return (self.met_at or now) > self.due_at

    def counted_by(self, at: datetime, calendar: Calendar) -> timedelta:
        """Return the business time counted by an instant, in the calendar it counts in."""
        if self.running_since is None:
            return self.counted
        return self.counted + calendar.between(self.running_since, at)

    def going(self, at: datetime, calendar: Calendar) -> "Clock":
        """Return it going from an instant on. One that goes already goes on, due by the calendar as it is by now."""
        since = self.running_since or at
        return replace(self, running_since=since, due_at=self._due(since, calendar))

    def standing(self, at: datetime, calendar: Calendar) -> "Clock":
        """Return it standing still from an instant on. Nothing is due any more, but what was due before stays so."""
        if self.running_since is None:
            return self
        counted = self.counted_by(at, calendar)
        return replace(self, counted=counted, running_since=None, due_at=self.due_at if counted > self.length else None)

    def kept(self, at: datetime, calendar: Calendar) -> "Clock":
        """Return it with its promise kept at an instant."""
        return replace(self, counted=self.counted_by(at, calendar), running_since=None, met_at=at)

    def called_off(self, at: datetime, calendar: Calendar) -> "Clock":
        """Return it with nothing promised any more."""
        return replace(self, counted=self.counted_by(at, calendar), running_since=None, ended_at=at)

    def towards(self, length: timedelta, policy: str, calendar: Calendar) -> "Clock":
        """Return it with another length, in another calendar, by another policy; it must stand still."""
        changed = replace(self, length=length, policy=policy, calendar=calendar.name)
        return replace(changed, due_at=self.due_at if self.due_at and changed.counted > length else None)

    def _due(self, at: datetime, calendar: Calendar) -> datetime | None:
        left = self.length - self.counted
        if left > timedelta():
            return calendar.after(at, left)
        return min(at, self.due_at or at)
