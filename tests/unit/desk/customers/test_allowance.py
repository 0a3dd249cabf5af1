"""Periods, spans of work, and what happens when a contract has no room left."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.customers.allowance import Use, period
from mailgateway.desk.customers.counting import MOST_MINUTES, read_minutes
from mailgateway.desk.customers.organisations import (
    Allowance,
    Contract,
    Organisation,
    Per,
    Unit,
    WhenUsedUp,
    organisations,
)
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.facts import Facts
from mailgateway.desk.plan import Notice, NoticeKind, OpenTicket, Plan, RecordEvent
from tests.unit.desk.builders import make_facts, make_incoming, make_mail, make_policy

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    ("per", "at", "begins", "ends"),
    [
        (Per.MONTH, datetime(2026, 2, 28, 22, 59, tzinfo=UTC), (2026, 2), (2026, 3)),
        (Per.MONTH, datetime(2026, 2, 28, 23, 0, tzinfo=UTC), (2026, 3), (2026, 4)),
        (Per.MONTH, datetime(2026, 12, 31, 12, 0, tzinfo=UTC), (2026, 12), (2027, 1)),
        (Per.QUARTER, datetime(2026, 5, 1, tzinfo=UTC), (2026, 4), (2026, 7)),
        (Per.QUARTER, datetime(2026, 11, 30, tzinfo=UTC), (2026, 10), (2027, 1)),
        (Per.YEAR, datetime(2026, 6, 15, tzinfo=UTC), (2026, 1), (2027, 1)),
        (Per.YEAR, datetime(2026, 12, 31, 23, 30, tzinfo=UTC), (2027, 1), (2028, 1)),
    ],
)
def test_periods_follow_the_calendar_of_their_zone(
    per: Per, at: datetime, begins: tuple[int, int], ends: tuple[int, int]
) -> None:
    """They begin at midnight of a first day there."""
    found = period(per, at, WARSAW)
    assert found.begins == datetime(*begins, 1, tzinfo=WARSAW)
    assert found.ends == datetime(*ends, 1, tzinfo=WARSAW)


@given(
    st.sampled_from(Per),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - made aware
)
def test_periods_follow_each_other(per: Per, at: datetime) -> None:
    """An instant lies in its period, and where one ends the next begins."""
    found = period(per, at, WARSAW)
    assert found.begins <= at < found.ends
    assert period(per, found.begins, WARSAW) == found
    assert period(per, found.ends, WARSAW).begins == found.ends
    assert period(per, found.begins - timedelta(seconds=1), WARSAW).ends == found.begins


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("45", 45),
        ("30m", 30),
        ("30 min", 30),
        (" 1h ", 60),
        ("1H30M", 90),
        ("1h 30", 90),
        ("1h 30 min", 90),
        ("1.5h", 90),
        ("0,25 h", 15),
        ("24h", MOST_MINUTES),
        ("24h 1m", None),
        ("0", None),
        ("", None),
        ("h", None),
        ("m", None),
        ("-30m", None),
        ("1d", None),
        ("1.5", None),
        ("30m 1h", None),
        ("\u0663h", None),
    ],
)
def test_spans_of_work_are_read_as_people_write_them(written: str, minutes: int | None) -> None:
    """Minutes, hours, or both, up to a day."""
    assert read_minutes(written) == minutes


@given(st.integers(0, 23), st.integers(0, 59))
def test_hours_and_minutes_add_up(hours: int, minutes: int) -> None:
    """What is written is what is counted."""
    assert read_minutes(f"{hours}h {minutes}m") == ((60 * hours + minutes) or None)


def test_a_use_is_a_share_of_its_allowance() -> None:
    """At the whole of it nothing is left."""
    allowance = Allowance(8, Unit.HOURS, Per.MONTH)
    assert (Use(allowance, 6).percent, Use(allowance, 6).is_used_up) == (75, False)
    assert (Use(allowance, 8).percent, Use(allowance, 8).is_used_up) == (100, True)
    assert Use(allowance, 12).percent == 150


PLAN = Contract("gold", allowance=Allowance(50, Unit.TICKETS, Per.MONTH))
CUSTOMER = Organisation("customer", "Customer", domains=("customer.example",), contract=PLAN)


def decided(contract: Contract, facts: Facts) -> Plan:
    """Decide about a new matter of somebody with this contract."""
    policy = make_policy(organisations=organisations([replace(CUSTOMER, contract=contract)]))
    return decide_mail(make_incoming(make_mail()), facts, policy)


def with_used(amount: float) -> Facts:
    """Return the facts of a mail whose writer's organisation used so much."""
    return replace(make_facts(), used={"customer": amount})


def notice(plan: Plan, kind: NoticeKind) -> Notice:
    """Return the first notice of a kind."""
    return next(one for one in plan.notices if one.kind is kind)


def tags(plan: Plan) -> tuple[str, ...]:
    """Return the tags of the ticket that a plan opens."""
    opening = plan.changes[0]
    assert isinstance(opening, OpenTicket)
    return opening.ticket.tags


def test_the_use_is_asked_for_only_where_there_is_a_plan() -> None:
    """A flat contract needs no count, and what was counted is not asked for again."""
    assert decided(PLAN, make_facts()).asks_use_of == "customer"
    assert decided(PLAN, with_used(3)).asks_use_of == ""
    assert decided(replace(PLAN, allowance=None), make_facts()).asks_use_of == ""


def test_with_room_left_nothing_is_marked() -> None:
    """The fiftieth of fifty is within the plan."""
    plan = decided(PLAN, with_used(49))
    assert tags(plan) == ()
    assert not any(isinstance(change, RecordEvent) for change in plan.changes)
    assert "used_up" not in notice(plan, NoticeKind.AGENT_NOTIFICATION).values


@pytest.mark.parametrize("way", WhenUsedUp)
def test_beyond_the_plan_a_ticket_is_taken_in_and_marked(way: WhenUsedUp) -> None:
    """Tag, event and notification tell the agents; the requester is told where the contract says so."""
    plan = decided(replace(PLAN, when_used_up=way), with_used(50))
    figures = {
        "organisation": "customer",
        "contract": "gold",
        "used": "50",
        "amount": "50",
        "unit": "tickets",
        "per": "month",
    }
    assert tags(plan) == ("beyond-contract",)
    assert RecordEvent("contract_used_up", figures) in plan.changes
    assert notice(plan, NoticeKind.AGENT_NOTIFICATION).values["used_up"] == figures
    assert notice(plan, NoticeKind.ACKNOWLEDGEMENT).values["used_up"] is (way is WhenUsedUp.REPLY)
