"""Clocks that are stopped, started and re-targeted while the clocks on the wall change, against counting minutes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.desk.levels.calendar import ALWAYS, Calendar, Hours
from mailgateway.desk.levels.clocks import Happened, current, wound
from mailgateway.desk.levels.service_levels import Promise, Scope, ServiceLevel
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import Priority, Status
from tests.unit.desk.builders import make_ticket

MINUTE = timedelta(minutes=1)
NIGHT_AND_DAY: Hours = ((0, 210), (540, 1020))
WEEKS = (ALWAYS, (NIGHT_AND_DAY,) * 7, (*((((540, 1020),),) * 5), (), ()))
ZONES = ("Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "America/Havana")
CHANGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2026, 3, 8, 5, tzinfo=UTC),
)
CALENDARS = st.builds(
    lambda zone, week: Calendar("any", ZoneInfo(zone), week), st.sampled_from(ZONES), st.sampled_from(WEEKS)
)
STARTS = st.builds(lambda change, ago: change - ago * MINUTE, st.sampled_from(CHANGES), st.integers(0, 1500))
STEPS = st.lists(
    st.tuples(st.integers(1, 600), st.sampled_from([Status.OPEN, Status.PENDING, Status.ON_HOLD]), st.booleans()),
    max_size=6,
)


def is_counted(at: datetime, calendar: Calendar) -> bool:
    """Tell of one minute whether the clock on the wall shows a time within the hours of its day."""
    local = at.astimezone(calendar.zone)
    minute = local.hour * 60 + local.minute
    return any(opening <= minute < closing for opening, closing in calendar.hours_of(local.date()))


@settings(max_examples=60)
@given(CALENDARS, STARTS, STEPS)
def test_each_minute_is_counted_once_and_no_other(
    calendar: Calendar, start: datetime, steps: list[tuple[int, Status, bool]]
) -> None:
    """What the clock has counted at the end, and when it is due, are what counting minutes one by one gives."""
    urgent = Promise({Target.RESOLUTION: timedelta(hours=4)}, Scope(priority=frozenset({"urgent"})))
    level = ServiceLevel("standard", calendar, calendar, (urgent, Promise({Target.RESOLUTION: timedelta(hours=9)})))
    ticket = make_ticket(created_at=start)
    clocks = wound((), Happened(start, ticket, opened=True, wrote=True), level, {"any": calendar})
    at, minutes = start, 0
    for length, status, is_urgent in steps:
        if ticket.status not in level.pauses:
            minutes += sum(is_counted(at + number * MINUTE, calendar) for number in range(length))
        at += length * MINUTE
        ticket = replace(ticket, status=status, priority=Priority.URGENT if is_urgent else Priority.NORMAL)
        clocks = wound(clocks, Happened(at, ticket), level, {"any": calendar})
    clock = current(clocks, Target.RESOLUTION)
    assert clock is not None
    assert clock.counted_by(at, calendar) == minutes * MINUTE
    assert clock.length == (timedelta(hours=4) if ticket.priority is Priority.URGENT else timedelta(hours=9))
    if clock.running_since is not None and minutes * MINUTE < clock.length:
        assert clock.due_at == due_by_counting(clock, at, minutes, calendar)


def due_by_counting(clock: Clock, at: datetime, minutes: int, calendar: Calendar) -> datetime:
    """Return the end of the minute in which the time of a clock is used up."""
    while minutes * MINUTE < clock.length:
        minutes += is_counted(at, calendar)
        at += MINUTE
    return at
