"""What happens to a ticket by itself and writes to people does so when the desk works."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.model import HeldAnswer, Status, Ticket
from mailgateway.desk.plan import NoticeKind, Plan, RecordFiring, SetAttention
from mailgateway.desk.policy import LifeCycle, Policy
from mailgateway.desk.timed.agenda import moments, next_attention
from mailgateway.desk.timed.attend import attend
from tests.unit.desk.builders import make_candidate, make_facts, make_policy, make_ticket
from tests.unit.desk.test_escalation import OFFICE

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
