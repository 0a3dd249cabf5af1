"""Support hours and time zone of an organisation: when its clocks count, and by whose clock it is told of time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mailgateway.desk.customers.organisations import Contract, Organisation, organisations
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.level_changes import SetClocks
from mailgateway.desk.levels.levelled import levelled
from mailgateway.desk.levels.service_levels import Step, Told
from mailgateway.desk.model import Status
from mailgateway.desk.plan import Audience, Automatic, Disposition, Notice, NoticeKind, OpenTicket, Plan
from mailgateway.desk.policy import Policy
from tests.unit.desk.builders import CARLA, make_facts, make_ticket
from tests.unit.desk.levels.examples import ALWAYS, FIRST, HOUR, OFFICE, attended, desk, opened, told

FRIDAY = datetime(2026, 3, 6, 15, tzinfo=UTC)
TOLD = Step(100, FIRST, notify=(Told.GROUP,))


def _policy(support_hours: str = "", **changes: Any) -> Policy:
    acme = Organisation("acme", "ACME", contract=Contract("gold", support_hours=support_hours), **changes)
    return replace(desk(TOLD), organisations=organisations([acme]))


def test_the_time_of_a_contract_is_counted_in_its_support_hours() -> None:
    """Round the clock for who pays for it, in office hours for everybody else; people are told at once, too."""
    policy = _policy("always")
    ticket = opened(policy, FRIDAY, organisation="acme")
    (clock,) = ticket.ticket.clocks
    assert (clock.calendar, clock.due_at) == ("always", FRIDAY + 4 * HOUR)
    assert told(attended(ticket, policy, FRIDAY + 4 * HOUR + timedelta(seconds=1))) != set()
    (others,) = opened(policy, FRIDAY).ticket.clocks
    assert (others.calendar, others.due_at) == ("office", FRIDAY + timedelta(days=2) + 20 * HOUR)


def test_what_a_clock_counted_in_is_what_its_escalations_go_by() -> None:
    """Where the contract says something else by now, until something happens to the ticket."""
    ticket = opened(_policy("always"), FRIDAY, organisation="acme")
    assert told(attended(ticket, _policy("office"), FRIDAY + 4 * HOUR + timedelta(seconds=1))) != set()


def test_working_hours_of_a_policy_stay() -> None:
    """Where people are told within other hours than time is counted in, they still are."""
    policy = _policy("always")
    nights = Calendar("nights", UTC, (((1200, 1440),),) * 7)
    (level,) = policy.service_levels
    policy = replace(policy, service_levels=(replace(level, calendar=OFFICE, hours=nights),))
    found = policy.level_of(make_ticket(organisation="acme"))
    assert found is not None
    assert (found.calendar, found.hours) == (ALWAYS, nights)


def test_support_hours_that_are_gone_leave_the_calendar_of_the_policy() -> None:
    """A ticket is never without a calendar."""
    (clock,) = opened(_policy("gone"), FRIDAY, organisation="acme").ticket.clocks
    assert clock.calendar == "office"


def _receipt(policy: Policy) -> Notice:
    ticket = make_ticket(number=0, status=Status.NEW, organisation="acme", created_at=FRIDAY)
    kind, audience = NoticeKind.ACKNOWLEDGEMENT, Audience.CUSTOMER
    notice = Notice(kind, audience, CARLA, CARLA, "en", Automatic.REPLIED, ticket)
    plan = Plan(FRIDAY, "x", Disposition.OPENED, "", changes=(OpenTicket(ticket, {}),), notices=(notice,))
    made = levelled(plan, make_facts(), policy)
    assert any(isinstance(change, SetClocks) for change in made.changes)
    return made.notices[0]


def test_a_receipt_tells_the_time_by_the_clock_of_its_readers() -> None:
    """That of the organisation, where it has one, else that of the calendar."""
    assert _receipt(_policy(timezone=ZoneInfo("Asia/Tokyo"))).values["timezone"] == "Asia/Tokyo"
    assert _receipt(_policy()).values["timezone"] == "UTC"
