"""Desks with a service level of four hours, tickets at its first moment, and what comes of them when they are due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailgateway.desk.facts import Candidate
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.clocks import Happened, wound
from mailgateway.desk.levels.service_levels import Promise, Scope, ServiceLevel, Step
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import Status
from mailgateway.desk.plan import Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.agenda import next_attention
from mailgateway.desk.timed.attend import attend
from tests.unit.desk.builders import make_candidate, make_facts, make_policy, make_ticket

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
OFFICE = Calendar("office", UTC, (*((((480, 960),),) * 5), (), ()))
ALWAYS = Calendar("always", UTC)
FIRST = frozenset({Target.FIRST_RESPONSE})


def level(*steps: Step, calendar: Calendar = OFFICE) -> ServiceLevel:
    """Return a policy with four hours for the first answer, one for urgent tickets."""
    urgent = Promise({Target.FIRST_RESPONSE: HOUR}, Scope(priority=frozenset({"urgent"})))
    return ServiceLevel("standard", calendar, OFFICE, (urgent, Promise({Target.FIRST_RESPONSE: 4 * HOUR})), steps=steps)


def desk(*steps: Step, calendar: Calendar = OFFICE) -> Policy:
    """Return a desk with this policy; the manager of the first line is the boss."""
    policy = make_policy(calendars=(OFFICE, ALWAYS), service_levels=(level(*steps, calendar=calendar),))
    groups = tuple(replace(group, manager="boss@example.com") for group in policy.directory.groups)
    return replace(policy, directory=replace(policy.directory, groups=groups))


def opened(policy: Policy, at: datetime = MONDAY, **changes: Any) -> Candidate:
    """Return a new ticket whose clocks began at this time, and which waits for its first moment."""
    ticket = make_ticket(status=Status.NEW, created_at=at, updated_at=at, **changes)
    clocks = wound((), Happened(at, ticket, opened=True, wrote=True), policy.level_of(ticket), {})
    ticket = replace(ticket, clocks=clocks)
    return make_candidate(replace(ticket, attend_at=next_attention(ticket, (), policy)))


def attended(candidate: Candidate, policy: Policy, at: datetime | None = None) -> Plan:
    """Attend to a ticket when it is due, or at another time."""
    now = at or candidate.ticket.attend_at
    assert now is not None
    return attend(candidate, replace(make_facts(candidate), now=now), policy)


def told(plan: Plan) -> set[str]:
    """Return whom a plan tells of an escalation."""
    return {notice.recipient.address for notice in plan.notices if notice.kind.value == "escalation"}
