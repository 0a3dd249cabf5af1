"""When reports are due: once a period, on working days, with nothing left out between two of them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.levels.calendar import ALL_DAY, Calendar, Closure
from mailgateway.desk.reporting.schedule import Every, Schedule

WARSAW = ZoneInfo("Europe/Warsaw")
DAY = timedelta(days=1)
OFFICE = Calendar(
    "office",
    WARSAW,
    week=(ALL_DAY,) * 5 + ((), ()),
    closures=(Closure(date(2026, 11, 11), date(2026, 11, 11), "Independence Day"),),
)
AT_EIGHT = time(8)

schedules = st.builds(
    Schedule,
    st.sampled_from(list(Every)),
    st.times(),
    st.integers(0, 6),
    st.sampled_from([None, OFFICE]),
)
instants = st.integers(0, 720 * 86_400).map(
    lambda seconds: datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=seconds)
)


@pytest.mark.parametrize(
    ("schedule", "now", "day", "covered"),
    [
        (Schedule(Every.DAY, AT_EIGHT), "2026-11-04 09:00", "2026-11-04", ("2026-11-03", "2026-11-03")),
        (Schedule(Every.DAY, AT_EIGHT), "2026-11-04 07:59", "2026-11-03", ("2026-11-02", "2026-11-02")),
        (Schedule(Every.WEEK, AT_EIGHT), "2026-11-04 09:00", "2026-11-02", ("2026-10-26", "2026-11-01")),
        (Schedule(Every.WEEK, AT_EIGHT, 4), "2026-11-04 09:00", "2026-10-30", ("2026-10-23", "2026-10-29")),
        (Schedule(Every.MONTH, AT_EIGHT), "2026-11-01 08:00", "2026-11-01", ("2026-10-01", "2026-10-31")),
        (Schedule(Every.MONTH, AT_EIGHT), "2026-11-01 07:00", "2026-10-01", ("2026-09-01", "2026-09-30")),
        # on a Monday the days off are told with the Friday
        (Schedule(Every.DAY, AT_EIGHT, 0, OFFICE), "2026-11-02 09:00", "2026-11-02", ("2026-10-30", "2026-11-01")),
        (Schedule(Every.DAY, AT_EIGHT, 0, OFFICE), "2026-11-08 09:00", "2026-11-06", ("2026-11-05", "2026-11-05")),
        # the first of November is a Sunday: the report of October comes on Monday
        (Schedule(Every.MONTH, AT_EIGHT, 0, OFFICE), "2026-11-01 12:00", "2026-10-01", ("2026-09-01", "2026-09-30")),
        (Schedule(Every.MONTH, AT_EIGHT, 0, OFFICE), "2026-11-02 12:00", "2026-11-01", ("2026-10-01", "2026-10-31")),
        # a weekly one of Wednesdays waits for the Thursday after the holiday
        (Schedule(Every.WEEK, AT_EIGHT, 2, OFFICE), "2026-11-11 12:00", "2026-11-04", ("2026-10-28", "2026-11-03")),
        (Schedule(Every.WEEK, AT_EIGHT, 2, OFFICE), "2026-11-12 12:00", "2026-11-11", ("2026-11-04", "2026-11-10")),
    ],
)
def test_what_was_due_last_and_what_it_is_about(
    schedule: Schedule, now: str, day: str, covered: tuple[str, str]
) -> None:
    """By the clock of its zone; the period is named by its own day, however the calendar moves the report."""
    found = schedule.newest(datetime.fromisoformat(now).replace(tzinfo=WARSAW), WARSAW)
    assert found == date.fromisoformat(day)
    assert schedule.covers(found) == tuple(map(date.fromisoformat, covered))


@given(schedules, instants)
def test_what_is_next_is_what_was_last_once_it_is_due(schedule: Schedule, now: datetime) -> None:
    """Looked at when it is due it is the newest, and a moment before it was not."""
    following = schedule.following(now, WARSAW)
    assert following is not None
    assert following > now
    day, before = (schedule.newest(one, WARSAW) for one in (following, following - timedelta(microseconds=1)))
    assert day is not None
    assert before == schedule.newest(now, WARSAW)
    assert before is None or before < day
    assert schedule.due(day, WARSAW) == following


@given(schedules, instants)
def test_nothing_lies_between_two_reports(schedule: Schedule, now: datetime) -> None:
    """Each is about the days since the one before, up to the day before its own period begins."""
    first = schedule.newest(now, WARSAW)
    following = schedule.following(now, WARSAW)
    assert first is not None
    assert following is not None
    second = schedule.newest(following, WARSAW)
    assert second is not None
    assert schedule.covers(second)[0] == schedule.covers(first)[1] + DAY == first
    assert schedule.covers(second)[1] == second - DAY


def test_a_desk_that_never_works_gets_nothing() -> None:
    """A calendar without hours ends the search."""
    rest = Schedule(Every.DAY, calendar=Calendar("none", UTC, week=((),) * 7))
    now = datetime(2026, 11, 2, tzinfo=UTC)
    assert (rest.newest(now, UTC), rest.following(now, UTC)) == (None, None)


def test_an_hour_that_daylight_saving_leaves_out_is_due_when_it_is_over() -> None:
    """02:30 on the last Sunday of March is 03:30 there."""
    early = Schedule(Every.DAY, time(2, 30))
    due = early.due(date(2026, 3, 29), WARSAW)
    assert due is not None
    assert due.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
