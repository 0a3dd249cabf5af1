"""Groups that hand a ticket to each other again and again."""

from dataclasses import replace

import pytest

from mailgateway.desk.handovers.to_and_fro import Handed, noticed
from mailgateway.desk.plan import Disposition, MoveToGroup, NoticeKind, Plan, RecordEvent, RecordFiring
from mailgateway.desk.policy import Handovers
from tests.unit.desk.builders import NOW, make_candidate, make_policy

POLICY = make_policy()
THERE: Handed = ("first-line", "hardware")
BACK: Handed = ("hardware", "first-line")
NAME = "to_and_fro/first-line/hardware"


def handing(*move: str) -> Plan:
    """Return a plan that hands ticket 7 over."""
    return Plan(NOW, "anna", Disposition.FOLLOWED_UP, "", 7, (MoveToGroup(*move),))


def test_the_third_time_is_told_to_who_leads_them() -> None:
    """The lead of one group, and everybody in the other, which has none; it is written down."""
    plan = noticed(handing(*THERE), make_candidate(), (BACK, THERE), POLICY)
    assert plan.changes[1:] == (
        RecordEvent("to_and_fro", {"groups": ["first-line", "hardware"], "times": 3}),
        RecordFiring(NAME),
    )
    assert {one.kind for one in plan.notices} == {NoticeKind.TO_AND_FRO}
    assert [one.recipient.address for one in plan.notices] == [
        "anna@example.com",
        "bob@example.com",
        "hardware-team@example.com",
    ]
    assert plan.notices[0].bound_to == "agent:anna:note"
    assert plan.notices[0].ticket is not None
    assert plan.notices[0].ticket.group == "hardware"


@pytest.mark.parametrize(
    ("plan", "before", "fired", "most"),
    [
        (handing(*THERE), (BACK,), frozenset(), 3),
        (handing(*THERE), (BACK, THERE), frozenset({NAME}), 3),
        (handing(*THERE), (("hardware", "third"), ("third", "first-line")), frozenset(), 3),
        (handing(*THERE), (BACK, THERE), frozenset(), None),
        (replace(handing(*THERE), changes=()), (BACK, THERE, BACK), frozenset(), 3),
        (replace(handing(*THERE), ticket=None), (BACK, THERE, BACK), frozenset(), 3),
    ],
)
def test_what_is_not_told(plan: Plan, before: tuple[Handed, ...], fired: frozenset[str], most: int | None) -> None:
    """Too few, told before, other groups, not wanted, and plans that hand nothing over."""
    policy = make_policy(handovers=Handovers(most))
    assert noticed(plan, make_candidate(fired=fired), before, policy) is plan
