"""Business calendars against counting minute by minute, over zones whose clocks are put forward and back."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailgateway.desk.levels.calendar import ALWAYS, Calendar, Closure, Hours

ZONES = ("Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana", "UTC")
MINUTE = timedelta(minutes=1)
NINE_TO_FIVE: Hours = ((540, 1020),)
OFFICE: tuple[Hours, ...] = (*((NINE_TO_FIVE,) * 5), (), ())
EASTER_MONDAY = {date(2026, 4, 6): "Easter Monday"}
WARSAW = ZoneInfo("Europe/Warsaw")


def warsaw(text: str) -> datetime:
    """Return a time of the wall clock in Warsaw."""
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


def office() -> Calendar:
    """Return an office in Warsaw that works nine to five, with Easter Monday off."""
    return Calendar("office", WARSAW, OFFICE, lambda year: EASTER_MONDAY if year == 2026 else {})


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Make the hours of a day: up to three parts, apart from each other."""
    edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Make a calendar around the days on which clocks are changed."""
    days = st.dates(date(2026, 3, 1), date(2026, 4, 10))
    closed = draw(st.lists(days, max_size=3))
    return Calendar(
        "any",
        ZoneInfo(draw(st.sampled_from(ZONES))),
        tuple(draw(hours()) for _ in range(7)),
        lambda year: dict.fromkeys((day for day in closed[:1] if day.year == year), "holiday"),
        tuple(Closure(day, day + timedelta(days=2), "closed") for day in closed[1:]),
        {day: draw(hours()) for day in draw(st.lists(days, max_size=2))},
    )


CHANGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 4, tzinfo=UTC),
    datetime(2026, 12, 31, 23, tzinfo=UTC),
]
INSTANTS = st.builds(
    lambda change, minutes: change + minutes * MINUTE, st.sampled_from(CHANGES), st.integers(-2500, 2500)
)


def counted(calendar: Calendar, start: datetime, minutes: int) -> int:
    """Count the minutes of business time one by one, each asked of the wall clock."""
    found = 0
    for number in range(minutes):
        local = (start + number * MINUTE).astimezone(calendar.zone)
        clock = local.hour * 60 + local.minute
        found += any(opening <= clock < closing for opening, closing in calendar.hours_of(local.date()))
    return found


@settings(max_examples=40)
@given(calendars(), INSTANTS, st.integers(0, 2000))
def test_business_time_is_what_counting_every_minute_gives(calendar: Calendar, start: datetime, minutes: int) -> None:
    """Between two instants there are as many minutes as the wall clock shows within the hours."""
    assert calendar.between(start, start + minutes * MINUTE) == counted(calendar, start, minutes) * MINUTE


@settings(max_examples=40)
@given(calendars(), INSTANTS, st.integers(1, 3000))
def test_the_instant_after_a_span_is_the_first_with_that_much_before_it(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    """After N minutes there are N minutes between, and a moment before there were fewer."""
    end = calendar.after(start, minutes * MINUTE)
    if end is None:
        assert not any(calendar.week)
        return
    assert calendar.between(start, end) == minutes * MINUTE
    assert calendar.between(start, end - timedelta(microseconds=1)) < minutes * MINUTE


@settings(max_examples=40)
@given(calendars(), INSTANTS)
@example(office(), warsaw("2026-04-03 17:00"))
def test_the_next_opening_is_open_and_nothing_is_before_it(calendar: Calendar, at: datetime) -> None:
    """From an instant to the next opening nothing is business time, and there it is."""
    opening = calendar.next_opening(at)
    assert calendar.is_open(at) == (opening == at)
    if opening is not None:
        assert calendar.is_open(opening)
        assert not calendar.between(at, opening)


@settings(max_examples=40)
@given(calendars(), INSTANTS, st.integers(0, 20_000))
@example(Calendar("over the year", UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 61)
@example(Calendar("around the clock", UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 600_000)
def test_the_parts_add_up(calendar: Calendar, start: datetime, minutes: int) -> None:
    """The parts of business time are in order, apart, and together what lies between."""
    end = start + minutes * MINUTE
    parts = list(calendar.parts(start, end))
    assert sum((b - a for a, b in parts), timedelta()) == calendar.between(start, end)
    assert all(first[1] < second[0] for first, second in pairwise(parts))


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-03-02 10:00", 4, "2026-03-02 14:00"),
        ("2026-03-02 15:00", 4, "2026-03-03 11:00"),
        ("2026-03-02 13:00", 4, "2026-03-02 17:00"),
        ("2026-03-06 16:00", 4, "2026-03-09 12:00"),
        ("2026-03-07 12:00", 1, "2026-03-09 10:00"),
        ("2026-04-03 16:00", 2, "2026-04-07 10:00"),
        ("2026-03-27 16:00", 9, "2026-03-30 17:00"),
    ],
)
def test_due_times_read_as_people_reckon_them(start: str, span: int, due: str) -> None:
    """Nights, week-ends and holidays do not count, and a span may end with the working day."""
    assert office().after(warsaw(start), timedelta(hours=span)) == warsaw(due)


def test_an_hour_that_comes_twice_counts_twice_and_a_missing_one_not_at_all() -> None:
    """Round the clock, the day in October has 25 hours and the one in March 23."""
    always = Calendar("always", WARSAW, ALWAYS)
    night = Calendar("night", WARSAW, (((60, 240),),) * 7)
    assert always.between(warsaw("2026-10-25"), warsaw("2026-10-26")) == timedelta(hours=25)
    assert night.between(warsaw("2026-10-25"), warsaw("2026-10-26")) == timedelta(hours=4)
    assert night.between(warsaw("2026-03-29"), warsaw("2026-03-30")) == timedelta(hours=2)


def test_an_exceptional_opening_goes_before_holidays_and_closures() -> None:
    """On the day of an opening its hours hold, though it is a holiday in a closed week."""
    day = date(2026, 4, 6)
    calendar = Calendar(
        "shop", WARSAW, OFFICE, lambda _: EASTER_MONDAY, (Closure(day, day, "stocktaking"),), {day: ((600, 660),)}
    )
    assert calendar.is_open(warsaw("2026-04-06 10:30"))
    assert not calendar.is_open(warsaw("2026-04-06 11:00"))
    assert not calendar.closed_for(day)


def test_years_ahead_are_reckoned_as_well() -> None:
    """Ten years of business time from one instant end where the same time counted back begins."""
    start = warsaw("2026-03-02 09:00")
    due = office().after(start, timedelta(hours=8 * 2600))
    assert due is not None
    assert due.year == 2036
    assert office().between(start, due) == timedelta(hours=8 * 2600)


def test_a_calendar_that_is_never_open_ends_the_search() -> None:
    """Nothing is due, nothing opens, and nothing loops."""
    never = Calendar("never", UTC, ((),) * 7)
    assert never.after(CHANGES[0], MINUTE) is None
    assert never.next_opening(CHANGES[0]) is None


@pytest.mark.parametrize("year", [1, 1969, 2201, 9999])
def test_years_beyond_what_a_calendar_knows_are_closed(year: int) -> None:
    """An instant of a nonsensical year gives an answer."""
    at = datetime(year, 6, 1, tzinfo=UTC)
    always = Calendar("always", UTC)
    assert not always.is_open(at)
    assert always.between(at, at + MINUTE) == timedelta()
    assert (always.next_opening(at) is None) == (year > 2200)
