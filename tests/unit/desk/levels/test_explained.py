"""The clocks of a ticket as arithmetic that adds up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.events import Event
from mailgateway.desk.levels import clock_events
from mailgateway.desk.levels.calendar import Calendar, Closure
from mailgateway.desk.levels.clocks import Happened, rewound, wound
from mailgateway.desk.levels.explained import Explained, Interval, Why, explained
from mailgateway.desk.levels.service_levels import Promise, Scope, ServiceLevel
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import Priority, Status, Ticket
from tests.unit.desk.builders import make_ticket

HOUR = timedelta(hours=1)
DAYS = (*((((480, 960),),) * 5), (), ())
OFFICE = Calendar(
    "office",
    ZoneInfo("Europe/Warsaw"),
    DAYS,
    closures=(Closure(date(2026, 3, 4), date(2026, 3, 5), "Stocktaking"),),
)
ALWAYS = Calendar("always", UTC)
CALENDARS = {"office": OFFICE, "always": ALWAYS}
MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)
STANDARD = ServiceLevel(
    "standard",
    OFFICE,
    OFFICE,
    (
        Promise({Target.RESOLUTION: 4 * HOUR}, Scope(priority=frozenset({"urgent"}))),
        Promise({Target.FIRST_RESPONSE: 4 * HOUR, Target.NEXT_RESPONSE: 8 * HOUR, Target.RESOLUTION: 20 * HOUR}),
    ),
)
PREMIUM = replace(STANDARD, name="premium", calendar=ALWAYS)


class Told:
    """A ticket whose clocks move as plans move them, and are written down as events."""

    def __init__(self, begins: datetime = MONDAY) -> None:
        self.at = begins
        self.ticket: Ticket = make_ticket(status=Status.NEW)
        self.clocks: tuple[Clock, ...] = ()
        self.events: list[Event] = []
        self.happen(opened=True, wrote=True)

    def happen(self, level: ServiceLevel = STANDARD, **happened: bool) -> None:
        before = self.clocks
        self.clocks = wound(before, Happened(self.at, self.ticket, **happened), level, CALENDARS)
        if self.clocks != before:
            detail = clock_events.detail_of(before, self.clocks, self.ticket.status)
            self.events.append(Event(7, self.at, "x", clock_events.WHAT, detail))

    def set(self, after: timedelta, level: ServiceLevel = STANDARD, **changes: object) -> None:
        self.at += after
        self.ticket = replace(self.ticket, **changes)  # type: ignore[arg-type]  # the test's own words
        self.happen(level, answered=changes.get("status") is Status.PENDING)


def resolution(told: Told, now: datetime) -> Explained:
    """Return the explanation of the last solution's clock."""
    return [one for one in explained(told.events, now, CALENDARS) if one.clock.target is Target.RESOLUTION][-1]


def test_nights_and_closures_are_named_and_the_sum_is_the_due_time() -> None:
    """Three working days in a week with two days closed."""
    told = Told()
    found = resolution(told, MONDAY)
    assert [(one.why, one.name, one.counted // HOUR) for one in found.intervals] == [
        (Why.BUSINESS_TIME, "", 8),
        (Why.OUTSIDE_HOURS, "", 0),
        (Why.BUSINESS_TIME, "", 8),
        (Why.OUTSIDE_HOURS, "", 0),
        (Why.CLOSED, "Stocktaking", 0),
        (Why.OUTSIDE_HOURS, "", 0),
        (Why.BUSINESS_TIME, "", 4),
    ]
    assert found.counted == found.clock.length
    assert found.intervals[-1].end == found.clock.due_at == told.clocks[-1].due_at


def test_a_pause_says_in_which_status() -> None:
    """What was counted before stays; while it stands nothing more is due."""
    told = Told()
    told.set(HOUR, status=Status.PENDING)
    found = resolution(told, told.at + 5 * HOUR)
    paused = Interval(told.at, told.at + 5 * HOUR, Why.PAUSED, "pending")
    assert found.intervals == (Interval(MONDAY, told.at, Why.BUSINESS_TIME), paused)
    assert (found.counted, found.clock.due_at) == (HOUR, None)


def test_a_late_clock_is_shown_up_to_now() -> None:
    """It goes on counting after it was due."""
    told = Told()
    now = MONDAY + timedelta(days=7)
    assert resolution(told, now).counted == told.clocks[-1].counted_by(now, OFFICE) == 24 * HOUR


@pytest.mark.parametrize("status", [Status.SOLVED, Status.CLOSED])
def test_what_has_ended_ends_there(status: Status) -> None:
    """No interval lies after the end."""
    told = Told()
    told.set(3 * HOUR, status=status)
    found = resolution(told, told.at + timedelta(days=30))
    assert found.intervals[-1].end == found.clock.met_at == told.at


def test_a_calendar_that_changes_moves_what_is_due_to_where_the_sum_has_it() -> None:
    """A closure that is written down while the clock goes counts for it, and what is shown is what is explained."""
    told = Told()
    closed = replace(
        OFFICE, closures=(*OFFICE.closures, Closure(date(2026, 3, 6), date(2026, 3, 9), "Move")), _years={}
    )
    changed = {**CALENDARS, "office": closed}
    told.clocks = rewound(
        told.clocks, Happened(MONDAY + HOUR, told.ticket), replace(STANDARD, calendar=closed), changed
    )
    due = [one.clock.due_at for one in explained(told.events, MONDAY + HOUR, changed)]
    assert due == [clock.due_at for clock in told.clocks]
    assert due[-1] == datetime(2026, 3, 10, 11, tzinfo=UTC)


def test_a_calendar_that_is_gone_does_no_harm() -> None:
    """Then every hour counts."""
    told = Told()
    (first, *_) = explained(told.events, MONDAY, {})
    assert first.counted == first.clock.length


STEPS = st.lists(
    st.tuples(st.integers(0, 6000), st.sampled_from(Status), st.booleans(), st.sampled_from(Priority)), max_size=12
)


@given(STEPS, st.integers(0, 20000))
def test_the_intervals_add_up_to_what_the_clocks_counted(
    steps: list[tuple[int, Status, bool, Priority]], minutes: int
) -> None:
    """Over any history the replay gives the very clocks, without a gap, and its sum is theirs."""
    told = Told()
    for after, status, is_premium, priority in steps:
        told.set(after * HOUR / 60, PREMIUM if is_premium else STANDARD, status=status, priority=priority)
    now = told.at + minutes * HOUR / 60
    found = {(one.clock.target, one.clock.cycle): one for one in explained(told.events, now, CALENDARS)}
    assert found.keys() == {(clock.target, clock.cycle) for clock in told.clocks}
    for clock in told.clocks:
        one = found[clock.target, clock.cycle]
        assert one.clock == clock
        end = clock.met_at or clock.ended_at or max(now, clock.due_at or now)
        calendar = CALENDARS[clock.calendar]
        assert one.counted == (clock.counted_by(end, calendar) if clock.is_open else clock.counted)
        edges = [clock.started_at, *(part.end for part in one.intervals)]
        assert [part.start for part in one.intervals] == edges[:-1]
        assert edges[-1] == end
