"""The clocks of a ticket as arithmetic: what was counted from when to when, what was not, and why.

Reckoned anew from the events of the ticket and the calendars alone; what was counted adds up to what the clock shows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from mailgateway.desk.events import Event
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.clock_events import CALLED_OFF, MET, WHAT, ClockEvent, read_events
from mailgateway.desk.levels.clocks import Calendars
from mailgateway.desk.levels.timepiece import Clock, Target

_ROUND_THE_CLOCK = Calendar("", UTC)


class Why(StrEnum):
    """Why an interval counts or does not."""

    BUSINESS_TIME = "business_time"
    OUTSIDE_HOURS = "outside_hours"
    CLOSED = "closed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Interval:
    """A time within the life of a clock. `name` is the holiday or closure, or the status in which it stands still."""

    start: datetime
    end: datetime
    why: Why
    name: str = ""

    @property
    def counted(self) -> timedelta:
        """How much of it the clock counts: all or nothing."""
        return self.end - self.start if self.why is Why.BUSINESS_TIME else timedelta()


@dataclass(frozen=True, slots=True)
class Explained:
    """A clock with everything that it is made of, up to when it ended, is due or, if later, up to now."""

    clock: Clock
    calendar: Calendar
    intervals: tuple[Interval, ...]

    @property
    def counted(self) -> timedelta:
        """What the intervals add up to."""
        return sum((one.counted for one in self.intervals), timedelta())


def explained(events: Iterable[Event], now: datetime, calendars: Calendars) -> tuple[Explained, ...]:
    """Return every clock that the events of a ticket tell of, in the order in which they began."""
    histories: dict[tuple[Target, int], list[ClockEvent]] = {}
    for event in events:
        for moved in read_events(event.at, event.detail) if event.what == WHAT else ():
            histories.setdefault((moved.target, moved.cycle), []).append(moved)
    return tuple(_explained(history, now, calendars) for history in histories.values())


def _explained(history: list[ClockEvent], now: datetime, calendars: Calendars) -> Explained:
    last = history[0]
    clock = Clock(last.target, last.cycle, last.policy, last.calendar, last.length, last.at)
    intervals: list[Interval] = []
    for event in history:
        intervals += _between(clock, last, event.at, calendars)
        clock, last = _moved(clock, event, calendars), event
    if clock.is_open:
        intervals += _between(clock, last, max(now, clock.due_at or now), calendars)
    return Explained(clock, _calendar(clock, last, calendars), tuple(_joined(intervals)))


def _moved(clock: Clock, event: ClockEvent, calendars: Calendars) -> Clock:
    """Return a clock as an event leaves it, by the same arithmetic that moved it."""
    before, after = _calendar(clock, event, calendars), calendars.get(event.calendar, _ROUND_THE_CLOCK)
    if event.ended == MET:
        return clock.kept(event.at, before)
    if event.ended == CALLED_OFF:
        return clock.called_off(event.at, before)
    if (clock.length, clock.policy, clock.calendar) != (event.length, event.policy, event.calendar):
        clock = clock.standing(event.at, before).towards(
            event.length, event.policy, replace(after, name=event.calendar)
        )
    return clock.going(event.at, after) if event.is_going else clock.standing(event.at, after)


def _calendar(clock: Clock, event: ClockEvent, calendars: Calendars) -> Calendar:
    """Return what a clock counts in; where that calendar is gone by now, the one that came next."""
    return calendars.get(clock.calendar) or calendars.get(event.calendar) or _ROUND_THE_CLOCK


def _between(clock: Clock, since: ClockEvent, end: datetime, calendars: Calendars) -> Iterator[Interval]:
    """Give what lies between an event and the next instant of interest."""
    at = since.at
    if clock.running_since is None:
        if at < end:
            yield Interval(at, end, Why.PAUSED, since.status)
        return
    calendar = _calendar(clock, since, calendars)
    for start, closing in calendar.parts(at, end):
        yield from _closed(at, start, calendar)
        yield Interval(start, closing, Why.BUSINESS_TIME)
        at = closing
    yield from _closed(at, end, calendar)


def _closed(start: datetime, end: datetime, calendar: Calendar) -> Iterator[Interval]:
    """Give the days, or the parts of them, on which nobody works, each with its reason."""
    while start < end:
        day = start.astimezone(calendar.zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), calendar.zone).astimezone(UTC)
        until = min(end, midnight) if midnight > start else end
        name = calendar.closed_for(day)
        yield Interval(start, until, Why.CLOSED if name else Why.OUTSIDE_HOURS, name)
        start = until


def _joined(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Make one of neighbours that are alike: a weekend is one interval."""
    last: Interval | None = None
    for one in intervals:
        if last is not None and (last.end, last.why, last.name) == (one.start, one.why, one.name):
            last = replace(last, end=one.end)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
