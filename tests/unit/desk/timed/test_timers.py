"""Timer rules at a ticket: once for each stretch, at their moment, with what they cause."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from mailgateway.config.service.holidays import PublicHolidays
from mailgateway.desk.customers.organisations import Contract, Organisation, organisations
from mailgateway.desk.levels.calendar import Closure
from mailgateway.desk.levels.spelled import spelled
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.plan import (
    ChangeTags,
    MoveToGroup,
    NoticeKind,
    Plan,
    RecordEvent,
    RecordFiring,
    SetAttention,
    SetStatus,
)
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.assets import Asset, assets
from mailgateway.desk.timed.agenda import moments, next_attention, version
from mailgateway.desk.timed.attend import attend
from tests.unit.desk.builders import NOW, make_candidate, make_facts, make_policy, make_ticket
from tests.unit.desk.levels.examples import ALWAYS, OFFICE, level
from tests.unit.rules.examples import problems, ruleset

DAY = timedelta(days=1)
JUST_AFTER = timedelta(microseconds=1)
PENDING = make_ticket(status=Status.PENDING)


def rule(*tests: object, **then: object) -> dict[str, object]:
    """Write a timer rule."""
    return {"name": "late", "on": "timer", "when": {"all": list(tests)}, "then": then or {"tags": ["late"]}}


IS_PENDING = {"field": "ticket.status", "equals": "pending"}
THREE_DAYS = {"field": "ticket.status_age", "gt": "3d"}


def desk(*rules: dict[str, object]) -> Policy:
    """Return a desk with these rules."""
    return make_policy(ruleset=ruleset(*rules))


def due(ticket: Ticket, now: datetime, policy: Policy) -> Plan:
    """Attend to a ticket whose time has come."""
    waiting = replace(ticket, attend_at=next_attention(ticket, (), policy))
    return attend(make_candidate(waiting), replace(make_facts(), now=now), policy)


def test_a_rule_fires_when_its_time_has_come() -> None:
    """Just after three days, with the trace of what fired."""
    policy = desk(rule(IS_PENDING, THREE_DAYS))
    at = NOW + 3 * DAY + JUST_AFTER
    assert next_attention(PENDING, (), policy) == at
    plan = due(PENDING, at, policy)
    assert plan.changes[0] == ChangeTags(("late",))
    assert RecordEvent("rules", {"matched": "late", "version": ""}) in plan.changes
    assert plan.changes[-2:] == (RecordFiring(f"rule/late/{NOW.isoformat()}"), SetAttention(None))


def test_a_rule_fires_once_and_again_when_it_waits_anew() -> None:
    """The same stretch is over; from another beginning it counts anew."""
    policy = desk(rule(IS_PENDING, THREE_DAYS))
    had = [f"rule/late/{NOW.isoformat()}"]
    assert next_attention(PENDING, had, policy) is None
    again = replace(PENDING, status_since=NOW + DAY, updated_at=NOW + DAY)
    assert next_attention(again, had, policy) == NOW + 4 * DAY + JUST_AFTER


def test_a_rule_that_will_not_hold_costs_no_look() -> None:
    """A ticket that is open waits for no rule about pending ones."""
    assert list(moments(make_ticket(), desk(rule(IS_PENDING, THREE_DAYS)))) == []


def test_a_time_that_is_past_at_a_change_is_due_at_once() -> None:
    """Pending for five days, and tagged today: what asks for the tag does not wait for another three."""
    policy = desk(rule(IS_PENDING, THREE_DAYS, {"field": "ticket.tags", "equals": "vip"}))
    tagged = replace(PENDING, tags=("vip",), updated_at=NOW + 5 * DAY)
    assert next_attention(PENDING, (), policy) is None
    assert next_attention(tagged, (), policy) == NOW + 5 * DAY


def test_a_status_and_a_hand_over_are_told() -> None:
    """The requester hears of the status, the new group of the ticket."""
    plan = due(PENDING, NOW + 4 * DAY, desk(rule(IS_PENDING, THREE_DAYS, status="open", group="hardware")))
    assert SetStatus(Status.PENDING, Status.OPEN) in plan.changes
    assert MoveToGroup("first-line", "hardware") in plan.changes
    kinds = {notice.kind for notice in plan.notices}
    assert kinds == {NoticeKind.STATUS_CHANGED, NoticeKind.AGENT_NOTIFICATION}


def test_other_rules_name_another_version() -> None:
    """Only a change of timer rules makes open tickets count anew."""
    one: dict[str, object] = {"name": "other", "when": "always", "then": {"group": "hardware"}}
    assert version(desk(one)) == version(make_policy())
    assert version(desk(rule(IS_PENDING, THREE_DAYS))) != version(make_policy())
    hands_over = rule(IS_PENDING, THREE_DAYS, group="hardware")
    names = {version(desk(one)) for one in (rule(IS_PENDING, THREE_DAYS), hands_over, {**hands_over, "anytime": True})}
    assert len(names) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"calendars": (replace(OFFICE, closures=(Closure(NOW.date(), NOW.date(), "Move"),)),)},
        {"calendars": (replace(OFFICE, holidays=PublicHolidays("PL")),)},
        {"calendars": (replace(OFFICE, holidays=PublicHolidays("PL", edition="0")),)},
        {"calendars": (replace(OFFICE, openings={NOW.date(): ((0, 60),)}),)},
        {"service_levels": (level(calendar=ALWAYS),)},
        {"service_levels": (replace(level(), promises=level().promises[:1]),)},
        {"organisations": organisations([Organisation("acme", "ACME", contract=Contract("gold", "standard"))])},
        {"assets": assets([Asset("web-1", "Web", service_level="standard")])},
    ],
    ids=["closures", "holidays", "newer holidays", "openings", "calendar", "targets", "contracts", "assets"],
)
def test_all_that_clocks_follow_from_names_another_version(changes: dict[str, Any]) -> None:
    """Whatever of it changes, open tickets learn of it; what is equal has one name in every process."""
    usual = {"calendars": (OFFICE,), "service_levels": (level(),)}
    assert version(make_policy(**{**usual, **changes})) != version(make_policy(**usual))
    assert spelled(frozenset("abcdef")) == spelled(frozenset("fedcba"))


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        (IS_PENDING, "a timer rule waits for a time"),
        ({"field": "ticket.status_age", "gt": "30s"}, "a timer rule waits for a time"),
        ({"field": "ticket.idle", "lt": "3d"}, "a timer rule waits for a time"),
        ({"any": [THREE_DAYS, IS_PENDING]}, "a timer rule waits for a time"),
        ({"not": THREE_DAYS}, "a timer rule waits for a time"),
        ({"all": [THREE_DAYS, {"field": "body", "contains": "x"}]}, "body is of a mail"),
        ({"all": [THREE_DAYS, {"field": "header.X-A", "exists": True}]}, "header.X-A is of a mail"),
    ],
)
def test_a_rule_that_could_not_wait_is_refused(when: object, problem: str) -> None:
    """With what is wrong and what would be right."""
    found = problems({"rules": [{"on": "timer", "when": when, "then": {"group": "hardware"}}]})
    assert len(found) == 1
    assert found[0].startswith(problem)


@pytest.mark.parametrize(
    "when",
    [
        THREE_DAYS,
        {"field": "ticket.age", "between": ["1d", "2d"]},
        {"not": {"field": "ticket.idle", "lt": "3d"}},
        {"none": [{"field": "ticket.idle", "lt": "3d"}, IS_PENDING]},
        {"any": [THREE_DAYS, {"all": [IS_PENDING, {"field": "ticket.age", "gt": "1h"}]}]},
        {"all": [THREE_DAYS, {"field": "subject", "contains": "printer"}, {"field": "mailbox", "equals": "support"}]},
    ],
)
def test_a_rule_that_waits_on_every_way_is_right(when: object) -> None:
    """However the span is written."""
    assert problems({"rules": [{"on": "timer", "when": when, "then": {"group": "hardware"}}]}) == []


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({"on": ["new", "follow_up"], "when": "always", "anytime": True}, "anytime: is for rules with on: timer"),
        ({"on": "timer", "when": THREE_DAYS, "anytime": "yes"}, "anytime: is true or false"),
    ],
)
def test_anytime_is_for_timers_and_true_or_false(written: dict[str, object], problem: str) -> None:
    """A rule that mail is asked of never waits."""
    [found] = problems({"rules": [{"then": {"group": "hardware"}, **written}]})
    assert found.startswith(problem)
