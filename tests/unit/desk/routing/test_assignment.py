"""Whose turn it is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.decide import decide_mail
from mailgateway.desk.facts import Workload
from mailgateway.desk.plan import Assign, OpenTicket, TakeTurn
from mailgateway.desk.routing.assignment import chosen
from mailgateway.rules.schema import Turn
from tests.unit.desk.builders import CARLA, make_candidate, make_facts, make_incoming, make_mail, make_policy
from tests.unit.desk.routing.test_rules_at_work import ruleset

MEMBERS = ("anna", "bob", "cid")


@pytest.mark.parametrize(
    ("turn", "workload", "agent"),
    [
        (Turn.ROUND_ROBIN, Workload("g"), "anna"),
        (Turn.ROUND_ROBIN, Workload("g", "anna"), "bob"),
        (Turn.ROUND_ROBIN, Workload("g", "cid"), "anna"),
        (Turn.ROUND_ROBIN, Workload("g", "who left"), "anna"),
        (Turn.LEAST_OPEN, Workload("g", "", {"anna": 2, "bob": 1, "cid": 1}), "bob"),
        (Turn.LEAST_OPEN, Workload("g", "bob", {"anna": 2, "bob": 1, "cid": 1}), "cid"),
        (Turn.LAST, Workload("g", "anna", {}, "cid"), "cid"),
        (Turn.LAST, Workload("g", "anna", {}, "who left"), "bob"),
        (Turn.LAST, Workload("g", "anna"), "bob"),
    ],
)
def test_a_turn_chooses_a_member(turn: Turn, workload: Workload, agent: str) -> None:
    """In order of the group, by open tickets with the order among equals, or who helped before."""
    assert chosen(turn, MEMBERS, workload) == agent


@given(st.integers(1, 50))
def test_turns_are_fair(count: int) -> None:
    """However many tickets come, no member has more than one more than another."""
    given_to: list[str] = []
    for _ in range(count):
        given_to.append(chosen(Turn.ROUND_ROBIN, MEMBERS, Workload("g", given_to[-1] if given_to else "")))
    counts = [given_to.count(agent) for agent in MEMBERS]
    assert max(counts) - min(counts) <= 1


def test_a_new_ticket_waits_for_the_workload_and_then_has_its_agent() -> None:
    """The plan says which group's work has to be known; asked again it assigns and takes the turn."""
    policy = make_policy(ruleset=ruleset({"when": "always", "then": {"assign": "round_robin"}}))
    first = decide_mail(make_incoming(), make_facts(), policy)
    assert first.waits_for == "first-line"
    facts = replace(make_facts(), workload=Workload("first-line", "anna"))
    plan = decide_mail(make_incoming(), facts, policy)
    assert plan.waits_for == ""
    assert isinstance(plan.changes[0], OpenTicket)
    assert plan.changes[0].ticket.assignee == "bob"
    assert TakeTurn("first-line", "bob") in plan.changes


def test_a_follow_up_can_be_handed_over_in_turn() -> None:
    """A rule moves the ticket to a group and gives it to whom of that group the turn is."""
    then = {"group": "hardware", "assign": "least_open"}
    rule: dict[str, object] = {"on": "follow_up", "when": "always", "then": then}
    policy = make_policy(ruleset=ruleset(rule))
    incoming = make_incoming(make_mail(subject="[#7] again", sender=CARLA))
    facts = make_facts(make_candidate())
    first = decide_mail(incoming, facts, policy)
    assert first.waits_for == "hardware"
    assert not any(isinstance(change, Assign) for change in first.changes)
    plan = decide_mail(incoming, replace(facts, workload=Workload("hardware")), policy)
    assert Assign(None, "bob") in plan.changes
    assert TakeTurn("hardware", "bob") in plan.changes
