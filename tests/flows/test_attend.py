"""Tickets whose time has come: done once, whoever looks, and none stands in the way of others."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.levels.service_levels import Scope
from mailgateway.desk.model import Status, TicketType
from mailgateway.desk.plan import Plan
from mailgateway.desk.timed.attend import attend as attend_to
from mailgateway.desk.timed.life_cycle import LifeCycle, OwnTimes
from mailgateway.flows.operate import operate
from mailgateway.flows.timed import attend as flow
from mailgateway.flows.timed.attend import TRY_AGAIN_AFTER, attend_due
from mailgateway.flows.timed.renew import renew
from mailgateway.store.tickets import attention
from tests.end_to_end.office import message
from tests.flows.bench import Bench
from tests.flows.hosts import at_once
from tests.unit.rules.examples import ruleset

DAY = timedelta(days=1)
CYCLE = LifeCycle(remind_after=3 * DAY, solve_after=7 * DAY, close_after=5 * DAY)


def wait_for_customers(bench: Bench, tickets: int = 1) -> list[int]:
    """Open tickets and let each wait for its customer; return their numbers."""
    policy = replace(bench.gateway.policy, life_cycle=CYCLE)
    bench.desk = replace(bench.desk, policy=lambda: policy)
    bench.arrive(*(message(f"c{number}@customer.example", f"M{number}", "Help.") for number in range(tickets)))
    bench.ingest()
    numbers = [10_001 + number for number in range(tickets)]
    agent = policy.directory.agents[0]
    for number in numbers:
        operate(bench.desk, number, Orders(status=Status.PENDING), agent, f"test-{number}")
    return numbers


def attend(bench: Bench) -> int:
    """Look once."""
    return attend_due(bench.desk, lambda: False)


def notices(bench: Bench, kind: str) -> int:
    """Count the letters of a kind."""
    return sum(line.template == kind for line in bench.letters())


def happened(bench: Bench, number: int, what: str) -> int:
    """Count the events of a kind."""
    return sum(event.what == what for event in bench.ticket(number).events)


def test_a_ticket_is_reminded_solved_and_closed_in_its_time(bench: Bench) -> None:
    """Each step once, at its moment and not before, with its letter; then nothing is ever due again."""
    (number,) = wait_for_customers(bench)
    bench.now += 3 * DAY - timedelta(seconds=1)
    assert attend(bench) == 0
    bench.now += timedelta(seconds=1)
    assert (attend(bench), attend(bench)) == (1, 0)
    assert (notices(bench, "reminder"), happened(bench, number, "reminded")) == (1, 1)
    bench.now += 4 * DAY
    assert attend(bench) == 1
    assert bench.ticket(number).ticket.status is Status.SOLVED
    bench.now += 5 * DAY
    assert attend(bench) == 1
    assert bench.ticket(number).ticket.status is Status.CLOSED
    with bench.store.reading() as tx:
        assert attention.due(tx, bench.now + 10_000 * DAY, 1) == []


def test_a_daemon_that_stood_still_catches_up(bench: Bench) -> None:
    """What it missed happens in order, without a reminder of what is solved in the same moment."""
    (number,) = wait_for_customers(bench)
    bench.now += 100 * DAY
    assert attend(bench) == 1
    assert (bench.ticket(number).ticket.status, notices(bench, "reminder")) == (Status.SOLVED, 0)


def test_a_mail_of_the_customer_ends_the_waiting(bench: Bench) -> None:
    """The ticket is open again, and nothing is due."""
    wait_for_customers(bench)
    bench.now += DAY
    again = message("c0@customer.example", "Re: [#10001] M0", "Still broken.")
    bench.arrive(again)
    bench.ingest()
    bench.now += 100 * DAY
    assert attend(bench) == 0


def test_a_timer_rule_fires_once(bench: Bench) -> None:
    """Its change, its letters and its event come at its time, and never again for the same stretch."""
    (number,) = wait_for_customers(bench)
    when = {
        "all": [{"field": "ticket.status", "equals": "pending"}, {"field": "ticket.status_age", "gt": "1d"}],
    }
    rules = ruleset({"name": "late", "on": "timer", "when": when, "then": {"status": "open", "tags": ["late"]}})
    policy = replace(bench.desk.policy(), ruleset=rules, life_cycle=LifeCycle())
    bench.desk = replace(bench.desk, policy=lambda: policy)
    renew(bench.desk, "", lambda: False)
    told = notices(bench, "status_changed")
    bench.now += DAY
    assert attend(bench) == 0
    bench.now += timedelta(seconds=1)
    assert (attend(bench), attend(bench)) == (1, 0)
    ticket = bench.ticket(number).ticket
    assert (ticket.status, ticket.tags) == (Status.OPEN, ("late",))
    assert notices(bench, "status_changed") == told + 1
    assert happened(bench, number, "rules") == 1


def test_a_timer_rule_ties_a_ticket_to_a_problem(bench: Bench) -> None:
    """What waits too long joins the open problem that the rule names."""
    number, problem = wait_for_customers(bench, 2)
    agent = bench.gateway.policy.directory.agents[0]
    operate(bench.desk, problem, Orders(type=TicketType.PROBLEM, status=Status.OPEN), agent, "test-problem")
    when = {"all": [{"field": "ticket.status", "equals": "pending"}, {"field": "ticket.status_age", "gt": "1d"}]}
    rules = ruleset({"name": "late", "on": "timer", "when": when, "then": {"link": problem}})
    policy = replace(bench.desk.policy(), ruleset=rules, life_cycle=LifeCycle())
    bench.desk = replace(bench.desk, policy=lambda: policy)
    renew(bench.desk, "", lambda: False)
    bench.now += DAY + timedelta(seconds=1)
    assert attend(bench) == 1
    assert [(link.relation, link.number) for link in bench.ticket(number).links] == [("problem", problem)]


def test_a_snoozed_ticket_wakes_up_in_its_time(bench: Bench) -> None:
    """Its workers are told, once, and the ticket keeps its status."""
    (number,) = wait_for_customers(bench)
    agent = bench.gateway.policy.directory.agents[0]
    operate(bench.desk, number, Orders(status=Status.OPEN, snooze=timedelta(hours=4)), agent, "test-snooze")
    bench.now += timedelta(hours=4)
    assert (attend(bench), attend(bench)) == (1, 0)
    ticket = bench.ticket(number).ticket
    assert (ticket.status, ticket.snoozed_until) == (Status.OPEN, None)
    assert notices(bench, "agent_reminder") == len(bench.gateway.policy.directory.groups[0].members)


def test_a_mail_of_the_customer_wakes_a_snoozed_ticket(bench: Bench) -> None:
    """Nothing is left to be due."""
    (number,) = wait_for_customers(bench)
    agent = bench.gateway.policy.directory.agents[0]
    operate(bench.desk, number, Orders(snooze=timedelta(hours=4)), agent, "test-snooze")
    bench.arrive(message("c0@customer.example", "Re: [#10001] M0", "Still broken."))
    bench.ingest()
    assert bench.ticket(number).ticket.snoozed_until is None
    bench.now += DAY
    assert attend(bench) == 0


def test_open_tickets_learn_of_a_new_policy(bench: Bench) -> None:
    """Those that are there already are reminded too, once they know; knowing it, nobody asks again."""
    (number,) = wait_for_customers(bench)
    slower = replace(bench.desk.policy(), life_cycle=LifeCycle(remind_after=DAY))
    bench.desk = replace(bench.desk, policy=lambda: slower)
    bench.now += DAY
    assert attend(bench) == 0
    known = renew(bench.desk, "", lambda: False)
    assert renew(bench.desk, "", lambda: True) == known
    assert attend(bench) == 1
    assert happened(bench, number, "reminded") == 1


def test_open_tickets_learn_of_times_of_their_own(either_bench: Bench) -> None:
    """Those of the group that gets some, and no others."""
    bench = either_bench
    first, second = wait_for_customers(bench, 2)
    there = next(
        one.name for one in bench.gateway.policy.directory.groups if one.name != bench.ticket(first).ticket.group
    )
    bench.order(second, group=there)
    own = OwnTimes(Scope(group=frozenset({there})), {"remind_after": DAY})
    edited = replace(bench.desk.policy(), life_cycle=replace(CYCLE, exceptions=(own,)))
    bench.desk = replace(bench.desk, policy=lambda: edited)
    renew(bench.desk, "", lambda: False)
    bench.now += DAY
    assert attend(bench) == 1
    assert [happened(bench, number, "reminded") for number in (first, second)] == [0, 1]


def test_a_stop_leaves_the_rest_for_the_next_time(bench: Bench) -> None:
    """Who is told to stop has not told all tickets, and says so."""
    wait_for_customers(bench)
    assert renew(bench.desk, "before", lambda: True) == "before"


def test_a_ticket_that_breaks_us_does_not_stop_the_others(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is put off, the admin is told once, and it is tried again later."""
    first, *others = wait_for_customers(bench, 3)
    whole = attend_to

    def broken(candidate: Any, *args: Any) -> Plan:
        if candidate.ticket.number == first:
            raise ValueError("abracadabra")
        return whole(candidate, *args)

    bench.now += 3 * DAY
    with monkeypatch.context() as patched:
        patched.setattr(flow, "attend", broken)
        assert attend(bench) == len(others)
        assert attend(bench) == 0
        bench.now += TRY_AGAIN_AFTER
        assert attend(bench) == 0
    assert (notices(bench, "reminder"), notices(bench, "alarm")) == (2, 1)
    assert happened(bench, first, "not_attended") == 2
    bench.now += TRY_AGAIN_AFTER
    assert attend(bench) == 1
    assert notices(bench, "reminder") == 3


def test_daemons_that_look_at_once_do_everything_once(bench: Bench) -> None:
    """Each ticket is reminded by one of them."""
    numbers = wait_for_customers(bench, 12)
    bench.now += 3 * DAY
    at_once(lambda: attend(bench))
    assert notices(bench, "reminder") == len(numbers)
    assert [happened(bench, number, "reminded") for number in numbers] == [1] * len(numbers)
