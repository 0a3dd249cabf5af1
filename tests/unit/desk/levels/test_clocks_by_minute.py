"""Clocks that are stopped, started and re-targeted while the clocks on the wall change, against counting minutes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.desk.levels.calendar import ALWAYS, Calendar, Hours
from mailgateway.desk.levels.clocks import Happened, current, rewound, wound
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


def counted(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Return how many minutes between two instants count."""
    return sum(is_counted(start + number * MINUTE, calendar) for number in range((end - start) // MINUTE))


@settings(max_examples=60)
@given(
    st.sampled_from(ZONES),
    STARTS,
    st.lists(st.tuples(st.integers(1, 600), st.booleans(), st.sampled_from(WEEKS)), max_size=6),
)
def test_a_calendar_that_changes_counts_since_the_clock_last_began_to_go(
    zone: str, start: datetime, steps: list[tuple[int, bool, tuple[Hours, ...]]]
) -> None:
    """What was counted before a pause stays; from there on each minute counts by the calendar as it is in the end."""
    length = timedelta(hours=20)
    calendar = Calendar("any", ZoneInfo(zone))
    level = ServiceLevel("standard", calendar, calendar, (Promise({Target.RESOLUTION: length}),))
    ticket = make_ticket(created_at=start)
    clocks = wound((), Happened(start, ticket, opened=True, wrote=True), level, {"any": calendar})
    at, settled, since = start, 0, start
    for minutes, pauses, week in steps:
        at += minutes * MINUTE
        calendar = replace(calendar, week=week, _years={})
        level = replace(level, calendar=calendar, hours=calendar)
        was_going = ticket.status not in level.pauses
        ticket = replace(ticket, status=Status.PENDING if pauses else Status.OPEN)
        if was_going and pauses:
            settled += counted(since, at, calendar)
        since = since if was_going and not pauses else at
        clocks = rewound(clocks, Happened(at, ticket), level, {"any": calendar})
    (clock,) = clocks
    is_going = ticket.status not in level.pauses
    assert clock.counted_by(at, calendar) == (settled + (counted(since, at, calendar) if is_going else 0)) * MINUTE
    if is_going and settled * MINUTE < length:
        assert clock.due_at == due_by_counting(clock, since, settled, calendar)


def due_by_counting(clock: Clock, at: datetime, minutes: int, calendar: Calendar) -> datetime:
    """Return the end of the minute in which the time of a clock is used up."""
    while minutes * MINUTE < clock.length:
        minutes += is_counted(at, calendar)
        at += MINUTE
    return at
