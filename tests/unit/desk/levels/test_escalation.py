"""Escalations: who is told when, once, within working hours, and what they change of a ticket."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailgateway.desk.levels.clocks import Happened, wound
from mailgateway.desk.levels.level_changes import SetClocks
from mailgateway.desk.levels.service_levels import Step, Told
from mailgateway.desk.model import News, Priority, Status
from mailgateway.desk.plan import (
    Assign,
    Audience,
    MoveToGroup,
    RecordEvent,
    RecordFiring,
    SetAttention,
    SetPriority,
)
from mailgateway.desk.policy import Notifications
from mailgateway.desk.timed.agenda import next_attention
from tests.unit.desk.builders import CARLA
from tests.unit.desk.levels.examples import ALWAYS, FIRST, HOUR, MONDAY, attended, desk, opened, told


def test_a_step_is_taken_when_its_share_of_the_time_is_used_up() -> None:
    """Half of four hours, in business time."""
    policy = desk(Step(50, FIRST, (Told.GROUP,)))
    assert opened(policy).ticket.attend_at == MONDAY + 2 * HOUR
    assert opened(policy, MONDAY + 7 * HOUR).ticket.attend_at == MONDAY + timedelta(days=1, hours=1)


@pytest.mark.parametrize(
    ("who", "assignee", "addresses"),
    [
        (Told.ASSIGNEE, "bob", {"bob@example.com"}),
        (Told.GROUP, "bob", {"anna@example.com", "bob@example.com"}),
        (Told.LEAD, None, {"anna@example.com"}),
        (Told.MANAGER, None, {"boss@example.com"}),
        (Told.ASSIGNEE, None, {"anna@example.com", "bob@example.com"}),
    ],
)
def test_whom_a_step_names_is_told(who: Told, assignee: str | None, addresses: set[str]) -> None:
    """Where there is nobody of that kind, whoever works on the ticket."""
    policy = desk(Step(50, FIRST, (who,)))
    plan = attended(opened(policy, assignee=assignee), policy)
    assert told(plan) == addresses
    assert RecordFiring("level/first_response/1/14400s/50%") in plan.changes


def test_a_step_happens_once() -> None:
    """What has fired is not waited for again; the next thing is that the promise is broken."""
    policy = desk(Step(50, FIRST, (Told.GROUP,)))
    ticket = opened(policy).ticket
    coming = next_attention(ticket, {"level/first_response/1/14400s/50%"}, policy)
    assert coming == MONDAY + 4 * HOUR + timedelta(microseconds=1)


def test_a_broken_promise_is_written_down() -> None:
    """Whether there is a step or not."""
    policy = desk()
    candidate = opened(policy)
    events = [change for change in attended(candidate, policy).changes if isinstance(change, RecordEvent)]
    assert [event.what for event in events] == ["breached"]
    assert events[0].detail["target"] == "first_response"


def test_of_several_missed_steps_the_last_alone_tells_people() -> None:
    """The desk stood still for hours: one mail, and every step is done with."""
    policy = desk(Step(25, FIRST, (Told.ASSIGNEE,)), Step(50, FIRST, (Told.LEAD,)), Step(200, FIRST, (Told.MANAGER,)))
    candidate = opened(policy)
    first = attended(candidate, policy, MONDAY + 3 * HOUR)
    assert told(first) == set()
    waiting = replace(
        candidate,
        ticket=replace(candidate.ticket, attend_at=MONDAY + 2 * HOUR),
        fired=frozenset({"level/first_response/1/14400s/25%"}),
    )
    assert told(attended(waiting, policy, MONDAY + 3 * HOUR)) == {"anna@example.com"}


def test_people_are_told_within_working_hours() -> None:
    """A clock that goes round reaches its share at night; the mail waits for the morning."""
    policy = desk(Step(100, FIRST, (Told.LEAD,)), calendar=ALWAYS)
    candidate = opened(policy, MONDAY + 7 * HOUR)
    due = replace(candidate, fired=frozenset({"level/first_response/1/14400s/breach"}))
    assert next_attention(candidate.ticket, due.fired, policy) == MONDAY + timedelta(days=1)
    late = replace(due, ticket=replace(due.ticket, attend_at=MONDAY + timedelta(days=1)))
    plan = attended(late, policy, MONDAY + timedelta(days=1, hours=12))
    assert told(plan) == set()
    assert plan.changes == (SetAttention(MONDAY + timedelta(days=2)),)


def test_at_any_time_does_not_wait_and_on_call_is_told_at_night() -> None:
    """On call is the group of hardware; by day the lead is told."""
    anytime = desk(Step(100, FIRST, (Told.LEAD,), anytime=True), calendar=ALWAYS)
    on_call = desk(Step(100, FIRST, (Told.LEAD,), on_call="hardware"), calendar=ALWAYS)
    assert told(attended(opened(anytime, MONDAY + 7 * HOUR), anytime)) == {"anna@example.com"}
    assert told(attended(opened(on_call, MONDAY + 7 * HOUR), on_call)) == {
        "bob@example.com",
        "hardware-team@example.com",
    }
    assert told(attended(opened(on_call), on_call)) == {"anna@example.com"}


@pytest.mark.parametrize(
    "later",
    [Step(150, FIRST, (Told.MANAGER,)), Step(150, FIRST, on_call="first-line")],
    ids=["waits", "by day, nobody"],
)
def test_who_is_on_call_is_told_though_a_later_step_was_reached_that_tells_nobody_now(later: Step) -> None:
    """A ticket that is three hours old becomes urgent: one step tells the others only when nobody is at work."""
    night, day = MONDAY + 15 * HOUR, MONDAY + HOUR
    now = night + 3 * HOUR if later.notify else day + 3 * HOUR
    policy = desk(Step(100, FIRST, (Told.LEAD,), on_call="hardware"), later, calendar=ALWAYS)
    candidate = opened(policy, now - 3 * HOUR, priority=Priority.URGENT)
    late = replace(candidate, ticket=replace(candidate.ticket, attend_at=now))
    expected = {"bob@example.com", "hardware-team@example.com"} if later.notify else {"anna@example.com"}
    assert told(attended(late, policy, now)) == expected


def test_a_later_call_at_night_goes_before_an_earlier_one() -> None:
    """One mail, and it is that of the step which is most used up, whether it names people or who is on call."""
    policy = desk(Step(100, FIRST, (Told.LEAD,), anytime=True), Step(150, FIRST, on_call="hardware"), calendar=ALWAYS)
    candidate = opened(policy, MONDAY + 9 * HOUR, priority=Priority.URGENT)
    late = replace(candidate, ticket=replace(candidate.ticket, attend_at=MONDAY + 12 * HOUR))
    assert told(attended(late, policy, MONDAY + 12 * HOUR)) == {"bob@example.com", "hardware-team@example.com"}


def test_what_is_due_at_closing_time_is_told_a_little_later_still() -> None:
    """Looked at a few seconds after four o'clock, it does not wait for the next day."""
    policy = desk(Step(100, FIRST, (Told.LEAD,)))
    candidate = opened(policy, MONDAY + 4 * HOUR)
    assert candidate.ticket.attend_at == MONDAY + 8 * HOUR
    assert told(attended(candidate, policy, MONDAY + 8 * HOUR + timedelta(seconds=5))) == {"anna@example.com"}


def test_a_raised_priority_brings_its_own_targets() -> None:
    """A high ticket becomes urgent at half time: its hour for the first answer is over, and it is due at once."""
    policy = desk(Step(50, FIRST, raises=True))
    candidate = opened(policy, priority=Priority.HIGH)
    plan = attended(candidate, policy)
    assert SetPriority(Priority.HIGH, Priority.URGENT) in plan.changes
    [moved] = [change for change in plan.changes if isinstance(change, SetClocks)]
    assert moved.after[0].due_at == MONDAY + 2 * HOUR
    assert isinstance(plan.changes[-1], SetAttention)
    assert plan.changes[-1].at == MONDAY + 2 * HOUR + timedelta(microseconds=1)


def test_another_group_takes_over_and_is_told_of_its_ticket() -> None:
    """The assignee of the group before has it no longer, and the new group gets it as a new ticket."""
    policy = desk(Step(50, FIRST, group="hardware"))
    plan = attended(opened(policy, assignee="anna"), policy)
    assert MoveToGroup("first-line", "hardware") in plan.changes
    assert Assign("anna", None) in plan.changes
    agents = {notice.recipient.address for notice in plan.notices if notice.audience is Audience.AGENT}
    assert agents == {"bob@example.com", "hardware-team@example.com"}


def test_the_requester_hears_that_an_escalation_handed_their_ticket_over() -> None:
    """As of any other hand-over: once, and not where that is not told."""
    policy = desk(Step(50, FIRST, group="hardware"))
    [letter] = [one for one in attended(opened(policy), policy).notices if one.audience is Audience.CUSTOMER]
    assert (letter.recipient, letter.values["news"]) == (CARLA, News.HANDED_OVER)
    silent = replace(policy, notifications=Notifications(silent=(News.HANDED_OVER,)))
    assert all(one.audience is Audience.AGENT for one in attended(opened(silent), silent).notices)


def test_a_paused_or_answered_ticket_escalates_nothing() -> None:
    """A clock that stands still has no moments."""
    policy = desk(Step(50, FIRST, (Told.GROUP,)))
    ticket = opened(policy).ticket
    for happened in (
        Happened(MONDAY + HOUR, replace(ticket, status=Status.PENDING)),
        Happened(MONDAY + HOUR, ticket, answered=True),
    ):
        clocks = wound(ticket.clocks, happened, policy.level_of(ticket), {})
        assert next_attention(replace(ticket, clocks=clocks), (), policy) is None
