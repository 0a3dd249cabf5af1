"""What happens to a ticket by itself and writes to people does so when the desk works."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.model import HeldAnswer, Status, Ticket
from mailgateway.desk.plan import NoticeKind, Plan, RecordFiring, SetAttention
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.agenda import moments, next_attention
from mailgateway.desk.timed.attend import attend
from mailgateway.desk.timed.life_cycle import LifeCycle
from tests.unit.desk.builders import make_candidate, make_facts, make_policy, make_ticket
from tests.unit.desk.levels.examples import OFFICE
from tests.unit.rules.examples import ruleset

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
THURSDAY = datetime(2026, 3, 5, 22, 30, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 8, tzinfo=UTC)
CYCLE = LifeCycle(remind_after=2 * DAY, solve_after=3 * DAY, close_after=2 * DAY)
POLICY = make_policy(life_cycle=CYCLE, calendars=(OFFICE,))


def waiting(status: Status, policy: Policy = POLICY, at: datetime = THURSDAY) -> Ticket:
    """Return a ticket with this status since then, which knows when it is next looked at."""
    ticket = make_ticket(status=status, updated_at=at, status_since=at)
    return replace(ticket, attend_at=next_attention(ticket, (), policy))


def attended(ticket: Ticket, now: datetime, policy: Policy = POLICY) -> Plan:
    """Attend to a ticket at a time."""
    return attend(make_candidate(ticket), replace(make_facts(make_candidate(ticket)), now=now), policy)


@pytest.mark.parametrize(("status", "kind"), [(Status.PENDING, "reminder"), (Status.SOLVED, "status_changed")])
def test_what_is_due_at_the_weekend_comes_on_monday(status: Status, kind: str) -> None:
    """Two days from Thursday night are Saturday night: the mail leaves when the desk opens."""
    ticket = waiting(status)
    assert ticket.attend_at == MONDAY
    assert [notice.kind for notice in attended(ticket, MONDAY).notices] == [NoticeKind(kind)]
    assert waiting(status, make_policy(life_cycle=CYCLE)).attend_at == THURSDAY + 2 * DAY


def test_a_reminder_that_had_to_wait_leaves_as_much_time_as_any() -> None:
    """Solved on Sunday night by the letter, it is solved a day after the reminder."""
    ticket = waiting(Status.PENDING)
    assert [(moment.what, moment.at) for moment in moments(ticket, POLICY)] == [
        ("remind", MONDAY),
        ("solve", MONDAY + DAY),
    ]


def test_a_daemon_that_comes_back_at_night_waits_for_the_morning() -> None:
    """What it missed by day is told on the next day; a few minutes after closing time it is told still."""
    ticket = waiting(Status.PENDING)
    night = attended(ticket, MONDAY + 12 * HOUR)
    assert (night.notices, night.changes) == ((), (SetAttention(MONDAY + DAY),))
    late = replace(waiting(Status.PENDING, at=MONDAY + 8 * HOUR - 2 * DAY - timedelta(seconds=1)))
    assert late.attend_at == MONDAY + 8 * HOUR - timedelta(seconds=1)
    assert len(attended(late, MONDAY + 8 * HOUR + timedelta(seconds=5)).notices) == 1


def test_an_agent_is_asked_again_about_a_held_answer_when_the_desk_works() -> None:
    """Four hours after Thursday night are Friday morning at half past two."""
    held = replace(make_ticket(), held=(HeldAnswer("anna", THURSDAY, 1, 1),))
    ticket = replace(held, attend_at=next_attention(held, (), POLICY))
    assert ticket.attend_at == THURSDAY + 9.5 * HOUR
    early = attended(replace(ticket, attend_at=THURSDAY + 4 * HOUR), THURSDAY + 4 * HOUR)
    assert (early.notices, early.changes) == ((), (SetAttention(THURSDAY + 9.5 * HOUR),))
    plan = attended(ticket, THURSDAY + 9.5 * HOUR)
    assert [notice.recipient.address for notice in plan.notices] == ["anna@example.com"]
    assert any(isinstance(change, RecordFiring) for change in plan.changes)


IDLE = {"field": "ticket.idle", "gt": "2d"}


def rule(name: str, when: object = IDLE, *, anytime: bool = False, **then: object) -> dict[str, object]:
    """Write a timer rule; two days from Thursday night are Saturday night."""
    return {"name": name, "on": "timer", "when": when, "then": then, "anytime": anytime}


def ruled(*rules: dict[str, object]) -> Policy:
    """Return a desk with these rules and office hours."""
    return make_policy(ruleset=ruleset(*rules), calendars=(OFFICE,))


def fired(plan: Plan) -> list[str]:
    """Return the names of the rules that had their effect."""
    return [change.name.split("/")[1] for change in plan.changes if isinstance(change, RecordFiring)]


SATURDAY = THURSDAY + 2 * DAY + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("then", "anytime", "at"),
    [
        ({"group": "hardware"}, False, MONDAY),
        ({"status": "open"}, False, MONDAY),
        ({"assign": "anna", "tags": ["late"]}, False, MONDAY),
        ({"group": "hardware"}, True, SATURDAY),
        ({"tags": ["late"], "priority": "high"}, False, SATURDAY),
    ],
)
def test_a_timer_rule_that_writes_to_people_waits_for_them(
    then: dict[str, object], at: datetime, *, anytime: bool
) -> None:
    """What nobody is written to for, and what is to happen at any time, waits for nobody."""
    policy = ruled(rule("late", anytime=anytime, **then))
    ticket = waiting(Status.PENDING, policy)
    assert ticket.attend_at == at
    assert fired(attended(ticket, at, policy)) == ["late"]


def test_what_waits_for_the_morning_is_not_taken_along_at_night() -> None:
    """Two rules hold since Saturday night: one marks the ticket then, the other hands it over on Monday."""
    policy = ruled(rule("mark", tags=["late"]), rule("hand over", group="hardware"))
    ticket = waiting(Status.PENDING, policy)
    night = attended(ticket, SATURDAY, policy)
    assert (fired(night), night.notices) == (["mark"], ())
    assert night.changes[-1] == SetAttention(MONDAY)
    candidate = make_candidate(replace(ticket, attend_at=MONDAY), fired=frozenset({mark_of(night)}))
    morning = attend(candidate, replace(make_facts(candidate), now=MONDAY), policy)
    assert fired(morning) == ["hand over"]
    assert NoticeKind.AGENT_NOTIFICATION in {notice.kind for notice in morning.notices}


def mark_of(plan: Plan) -> str:
    """Return the name of the moment that had its effect."""
    return next(change.name for change in plan.changes if isinstance(change, RecordFiring))


def test_a_rule_that_had_to_wait_still_holds_in_the_morning() -> None:
    """Idle for two to three days on Sunday, it is asked as of then, and each of two that waited happens."""
    from_two_to_three = {"field": "ticket.idle", "between": ["2d", "60h"]}
    policy = ruled(rule("early", from_two_to_three, group="hardware"), rule("late", IDLE, status="open"))
    ticket = waiting(Status.PENDING, policy)
    assert ticket.attend_at == MONDAY
    first = attended(ticket, MONDAY, policy)
    assert (fired(first), first.changes[-1]) == (["early"], SetAttention(MONDAY))
    candidate = make_candidate(replace(ticket, group="hardware"), fired=frozenset({mark_of(first)}))
    second = attend(candidate, replace(make_facts(candidate), now=MONDAY), policy)
    assert (fired(second), second.changes[-1]) == (["late"], SetAttention(None))


def test_a_timer_rule_that_was_missed_by_day_waits_for_the_next_one() -> None:
    """A daemon that comes back at night hands nothing over then; what is due at closing time is in time still."""
    policy = ruled(rule("late", group="hardware"))
    night = attended(waiting(Status.PENDING, policy), MONDAY + 12 * HOUR, policy)
    assert (fired(night), night.changes) == ([], (SetAttention(MONDAY + DAY),))
    closing = MONDAY + 8 * HOUR - timedelta(seconds=1)
    late = waiting(Status.PENDING, policy, at=closing - 2 * DAY)
    assert fired(attended(late, closing + timedelta(seconds=6), policy)) == ["late"]


def test_a_ticket_wakes_up_when_its_agent_said() -> None:
    """A time of the night was meant so."""
    asleep = replace(make_ticket(), snoozed_until=THURSDAY)
    ticket = replace(asleep, attend_at=next_attention(asleep, (), POLICY))
    assert ticket.attend_at == THURSDAY
    assert {notice.kind for notice in attended(ticket, THURSDAY).notices} == {NoticeKind.AGENT_REMINDER}


@given(st.integers(0, 10_000), st.integers(1, 300), st.booleans())
def test_no_timer_rule_writes_to_people_outside_working_hours(ago: int, hours: int, is_open: bool) -> None:  # noqa: FBT001
    """Whenever the ticket was last touched; nor does one happen before its time, or when nobody looks for it."""
    when = {"field": "ticket.idle", "gt" if is_open else "between": f"{hours}h" if is_open else [f"{hours}h", "1000h"]}
    policy = ruled(rule("late", when, group="hardware"))
    base = THURSDAY - ago * timedelta(minutes=7)
    ticket = waiting(Status.PENDING, policy, base)
    assert ticket.attend_at is not None
    assert OFFICE.is_open(ticket.attend_at)
    assert ticket.attend_at >= base + hours * HOUR
    assert fired(attended(ticket, ticket.attend_at, policy)) == ["late"]


waits = st.none() | st.integers(1, 500).map(lambda number: number * HOUR)


@given(st.integers(0, 10_000), waits, waits)
def test_no_step_comes_before_its_time_or_outside_working_hours(
    ago: int, remind: timedelta | None, more: timedelta | None
) -> None:
    """And between the reminder and the solution lies what the file says, or more."""
    solve = None if more is None else (remind or timedelta()) + more
    policy = replace(POLICY, life_cycle=LifeCycle(remind_after=remind, solve_after=solve))
    base = THURSDAY - ago * timedelta(minutes=7)
    found = {one.what: one.at for one in moments(waiting(Status.PENDING, policy, base), policy)}
    assert set(found) == {name for name, wait in (("remind", remind), ("solve", solve)) if wait is not None}
    assert all(OFFICE.is_open(at) for at in found.values())
    assert all(found[name] >= base + wait for name, wait in (("remind", remind), ("solve", solve)) if wait is not None)
    if len(found) == 2:
        assert more is not None
        assert found["solve"] - found["remind"] >= more
