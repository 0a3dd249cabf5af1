"""Periods: whole days of a time zone, and what they are compared with."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.reports.period import Period, PeriodName, named_period

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # half past midnight of April 1 in Warsaw


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-04-01", "2026-04-01"),
        ("yesterday", "2026-03-31", "2026-03-31"),
        ("this-week", "2026-03-30", "2026-04-05"),
        ("last-week", "2026-03-23", "2026-03-29"),
        ("this-month", "2026-04-01", "2026-04-30"),
        ("last-month", "2026-03-01", "2026-03-31"),
        ("last-quarter", "2026-01-01", "2026-03-31"),
        ("this-year", "2026-01-01", "2026-12-31"),
        ("last-year", "2025-01-01", "2025-12-31"),
    ],
)
def test_periods_have_names(name: str, first: str, last: str) -> None:
    """A name means whole days as the calendar of the time zone has them."""
    found = named_period(PeriodName(name), NOW, WARSAW)
    assert (found.first, found.last) == (date.fromisoformat(first), date.fromisoformat(last))


def test_months_are_compared_with_months_and_days_with_days() -> None:
    """March goes beside February, a week beside the week before."""
    march = Period(date(2026, 3, 1), date(2026, 3, 31), WARSAW)
    assert (march.before.first, march.before.last) == (date(2026, 2, 1), date(2026, 2, 28))
    week = Period(date(2026, 3, 2), date(2026, 3, 8), WARSAW)
    assert (week.before.first, week.before.last) == (date(2026, 2, 23), date(2026, 3, 1))


def test_a_day_of_daylight_saving_is_as_long_as_it_is() -> None:
    """The clocks go forward on March 29, 2026."""
    window = Period(date(2026, 3, 29), date(2026, 3, 29), WARSAW).whole
    assert window.ends.astimezone(UTC) - window.begins.astimezone(UTC) == timedelta(hours=23)


def test_a_period_that_is_not_over_is_compared_with_as_much_of_the_one_before() -> None:
    """On Wednesday noon, the week is compared with the last one until its Wednesday noon."""
    week, noon = Period(date(2026, 3, 2), date(2026, 3, 8), UTC), datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert week.until(noon).ends == noon
    assert week.before_until(noon).ends == noon - timedelta(days=7)
    assert week.before_until(noon + timedelta(days=9)) == week.before.whole


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 800), st.integers(-3, 900))
def test_steps_are_the_period_without_gaps(first: date, days: int, later: int) -> None:
    """Days, weeks or months follow each other from the first to the last, and there are not many."""
    period = Period(first, first + timedelta(days=days), WARSAW)
    now = datetime(first.year, first.month, first.day, 12, tzinfo=UTC) + timedelta(days=later)
    steps = [window for _, window in period.steps(now)]
    window = period.until(now)
    assert len(steps) <= 31
    assert all(one.ends == two.begins for one, two in pairwise(steps))
    if window.begins < window.ends:
        assert (steps[0].begins, steps[-1].ends) == (window.begins, window.ends)
    else:
        assert steps == []
