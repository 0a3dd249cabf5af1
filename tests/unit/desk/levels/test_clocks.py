"""Clocks of service levels: what moves them, and that their sums are those of a recomputation from the beginning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.clocks import Happened, current, share_used_at, wound
from mailgateway.desk.levels.service_levels import FINISHED, Promise, Scope, ServiceLevel, level_of
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import Priority, Status, Ticket
from tests.unit.desk.builders import make_ticket

HOUR = timedelta(hours=1)
OFFICE = Calendar("office", UTC, (*((((480, 960),),) * 5), (), ()))
ALWAYS = Calendar("always", UTC)
CALENDARS = {"office": OFFICE, "always": ALWAYS}
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
URGENT = Scope(priority=frozenset({"urgent"}))
STANDARD = ServiceLevel(
    "standard",
    OFFICE,
    OFFICE,
    (
        Promise({Target.FIRST_RESPONSE: HOUR, Target.RESOLUTION: 4 * HOUR}, URGENT),
        Promise(
            {
                Target.FIRST_RESPONSE: 4 * HOUR,
                Target.NEXT_RESPONSE: 8 * HOUR,
                Target.RESOLUTION: 16 * HOUR,
                Target.OWN: 2 * HOUR,
            }
        ),
    ),
)
PREMIUM = replace(STANDARD, name="premium", calendar=ALWAYS)


class Story:
    """A ticket through its life: each method is something that happens `hours` after the beginning."""

    def __init__(self, level: ServiceLevel | None = STANDARD, **changes: object) -> None:
        self.level = level
        self.ticket = replace(make_ticket(status=Status.NEW, assignee=None), **changes)  # type: ignore[arg-type]
        self.clocks: tuple[Clock, ...] = ()
        self.happen(0, opened=True, wrote=True)

    def happen(self, hours: float, **happened: bool) -> None:
        at = MONDAY + hours * HOUR
        self.clocks = wound(self.clocks, Happened(at, self.ticket, **happened), self.level, CALENDARS)

    def set(self, hours: float, **changes: object) -> None:
        self.ticket = replace(self.ticket, **changes)  # type: ignore[arg-type]
        self.happen(hours, handed="group" in changes)

    def answer(self, hours: float, status: Status = Status.OPEN) -> None:
        self.ticket = replace(self.ticket, status=status)
        self.happen(hours, answered=True)

    def write(self, hours: float) -> None:
        self.ticket = replace(self.ticket, status=Status.OPEN)
        self.happen(hours, wrote=True)

    def clock(self, target: Target) -> Clock:
        found = current(self.clocks, target)
        assert found is not None
        return found


def test_an_opened_ticket_is_to_be_answered_taken_and_solved() -> None:
    """Each promise is due after its business time; further answers are not asked for yet."""
    story = Story()
    assert {clock.target: clock.due_at for clock in story.clocks} == {
        Target.FIRST_RESPONSE: MONDAY + 4 * HOUR,
        Target.RESOLUTION: MONDAY + timedelta(days=1, hours=8),
        Target.OWN: MONDAY + 2 * HOUR,
    }


def test_an_answer_meets_the_first_response_and_nothing_else() -> None:
    """The clock keeps what it was due at; the others go on."""
    story = Story()
    story.answer(1)
    first = story.clock(Target.FIRST_RESPONSE)
    assert (first.met_at, first.counted, first.is_breached(MONDAY + 100 * HOUR)) == (MONDAY + HOUR, HOUR, False)
    assert story.clock(Target.RESOLUTION).is_open


def test_an_answer_after_the_time_is_a_broken_promise() -> None:
    """What was met a moment too late is broken, what was met in the last moment is not."""
    late, in_time = Story(), Story()
    late.answer(4.001)
    in_time.answer(4)
    assert late.clock(Target.FIRST_RESPONSE).is_breached(MONDAY)
    assert not in_time.clock(Target.FIRST_RESPONSE).is_breached(MONDAY)


def test_clocks_stand_still_while_the_customer_is_waited_for() -> None:
    """Two hours before and any time pending leave six of eight hours of the day."""
    story = Story()
    story.answer(2, Status.PENDING)
    assert story.clock(Target.RESOLUTION).due_at is None
    story.write(24)
    assert story.clock(Target.RESOLUTION).counted == 2 * HOUR
    assert story.clock(Target.RESOLUTION).due_at == MONDAY + timedelta(days=2, hours=6)


def test_a_customer_who_writes_again_is_to_be_answered() -> None:
    """The clock starts with the first of several mails, is met by the answer, and starts anew."""
    story = Story()
    story.write(1)
    assert current(story.clocks, Target.NEXT_RESPONSE) is None
    story.answer(2)
    story.write(3)
    story.write(4)
    assert story.clock(Target.NEXT_RESPONSE).started_at == MONDAY + 3 * HOUR
    story.answer(5)
    story.write(6)
    assert [(clock.cycle, clock.is_open) for clock in story.clocks if clock.target is Target.NEXT_RESPONSE] == [
        (1, False),
        (2, True),
    ]


def test_elapsed_time_counts_when_a_ticket_becomes_urgent() -> None:
    """After two hours an answer within one is late from that moment on."""
    story = Story()
    story.set(2, priority=Priority.URGENT)
    assert story.clock(Target.FIRST_RESPONSE).due_at == MONDAY + 2 * HOUR
    assert story.clock(Target.RESOLUTION).due_at == MONDAY + 4 * HOUR
    assert story.clock(Target.FIRST_RESPONSE).is_breached(MONDAY + 2.1 * HOUR)


def test_elapsed_time_counts_when_another_calendar_holds() -> None:
    """What was counted in business hours stays counted where the clock goes round."""
    story = Story()
    story.level = PREMIUM
    story.set(2, service_level="premium")
    assert story.clock(Target.RESOLUTION).due_at == MONDAY + 16 * HOUR
    assert story.clock(Target.RESOLUTION).policy == "premium"


def test_a_promise_that_no_longer_holds_is_called_off() -> None:
    """It is neither met nor broken."""
    story = Story()
    story.level = None
    story.set(30)
    assert all(clock.ended_at and not clock.is_breached(MONDAY + 100 * HOUR) for clock in story.clocks)


def test_a_solved_ticket_opened_again_is_to_be_solved_again() -> None:
    """The first cycle keeps its result, the second has all its time."""
    story = Story()
    story.answer(1)
    story.set(2, status=Status.SOLVED)
    story.write(24)
    first, second = [clock for clock in story.clocks if clock.target is Target.RESOLUTION]
    assert (first.met_at, first.counted) == (MONDAY + 2 * HOUR, 2 * HOUR)
    assert (second.cycle, second.counted, second.due_at) == (2, timedelta(), MONDAY + timedelta(days=2, hours=8))


def test_a_ticket_solved_without_an_answer_needs_none() -> None:
    """All that was promised is met by solving it."""
    story = Story()
    story.set(1, status=Status.CLOSED)
    assert all(clock.met_at == MONDAY + HOUR for clock in story.clocks)


def test_a_ticket_is_to_be_taken_again_after_a_hand_over() -> None:
    """Whoever it is handed to has all the time; the time of the group before is called off."""
    story = Story()
    story.set(1, group="hardware")
    before, after = [clock for clock in story.clocks if clock.target is Target.OWN]
    assert before.ended_at == MONDAY + HOUR
    assert after.due_at == MONDAY + 3 * HOUR
    story.set(2, assignee="bob")
    assert story.clock(Target.OWN).met_at == MONDAY + 2 * HOUR


def test_a_policy_that_is_given_later_asks_for_no_first_answer_that_was_given() -> None:
    """Only what is still to be done begins to count."""
    story = Story(None)
    story.answer(1)
    story.level = STANDARD
    story.set(2, assignee="bob")
    assert {clock.target for clock in story.clocks} == {Target.RESOLUTION}


def test_a_merged_ticket_promises_nothing_any_more() -> None:
    """Its clocks are called off, not met."""
    story = Story()
    story.ticket = replace(story.ticket, status=Status.CLOSED)
    story.happen(1, merged=True)
    assert all(clock.ended_at and clock.met_at is None for clock in story.clocks)


@pytest.mark.parametrize(("share", "hours"), [(50, 2), (100, 4), (150, 6)])
def test_shares_of_the_time_are_reached_in_business_time(share: int, hours: int) -> None:
    """Half of four hours is after two."""
    assert share_used_at(Story().clock(Target.FIRST_RESPONSE), OFFICE, share) == MONDAY + hours * HOUR


def test_the_first_policy_that_is_for_a_ticket_holds_unless_another_is_named() -> None:
    """Conditions are asked in order; a name goes before them, and one that is gone is no name."""
    hardware = replace(STANDARD, name="hardware", scope=Scope(group=frozenset({"hardware"})))
    named_only = replace(STANDARD, name="named", is_chosen_only=True)
    levels = (named_only, hardware, STANDARD)
    ticket = make_ticket(group="Hardware")
    chosen = [replace(ticket, service_level=name) for name in (None, "named", "gone")]
    assert [level.name if (level := level_of(one, levels)) else "" for one in chosen] == [
        "hardware",
        "named",
        "hardware",
    ]
    assert level_of(make_ticket(group="first-line"), (named_only, hardware)) is None


STATUSES = st.sampled_from([Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED])
STEPS = st.lists(st.tuples(st.integers(1, 3000), STATUSES, st.booleans(), st.booleans()), max_size=12)


@settings(max_examples=100)
@given(STEPS)
def test_what_a_clock_counts_is_the_time_in_which_it_had_to_go(steps: list[tuple[int, Status, bool, bool]]) -> None:
    """Moved plan by plan, a resolution clock has counted what a look back over the whole history gives."""
    story = Story()
    at = 0.0
    history: list[tuple[datetime, Ticket, ServiceLevel]] = [(MONDAY, story.ticket, STANDARD)]
    for minutes, status, is_premium, is_urgent in steps:
        at += minutes / 60
        story.level = PREMIUM if is_premium else STANDARD
        story.set(at, status=status, priority=Priority.URGENT if is_urgent else Priority.NORMAL)
        history.append((MONDAY + at * HOUR, story.ticket, story.level))
    end = MONDAY + (at + 5) * HOUR
    cycles: list[timedelta] = []
    is_open = False
    ends = [*(when for when, _, _ in history[1:]), end]
    for (start, ticket, level), until in zip(history, ends, strict=True):
        if ticket.status in FINISHED:
            is_open = False
            continue
        if not is_open:
            cycles.append(timedelta())
        is_open = True
        if ticket.status not in level.pauses:
            cycles[-1] += level.calendar.between(start, until)
    counted = [
        clock.counted_by(end, CALENDARS[clock.calendar]) for clock in story.clocks if clock.target is Target.RESOLUTION
    ]
    assert counted == cycles
    for clock in story.clocks:
        if clock.running_since is not None and clock.due_at is not None and clock.due_at > clock.running_since:
            assert clock.counted_by(clock.due_at, CALENDARS[clock.calendar]) == clock.length
