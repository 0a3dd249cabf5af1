"""Limits of automatic mail: who gets how many, and who any number."""

from dataclasses import replace

import pytest

from mailgateway.desk.letters.loop_limits import LoopLimits
from mailgateway.desk.letters.loops import Budget, Traffic
from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind
from mailgateway.mail.model import Address
from tests.unit.desk.builders import make_policy

CARLA = "carla@customer.example"
POLICY = make_policy()


def notice(to: str = CARLA, audience: Audience = Audience.CUSTOMER, automatic: Automatic = Automatic.REPLIED) -> Notice:
    """Return a notice to somebody."""
    support = Address("", "support@example.com")
    return Notice(NoticeKind.STATUS_CHANGED, audience, Address("", to), support, "en", automatic)


@pytest.mark.parametrize(
    ("traffic", "is_too_much"),
    [
        (Traffic((29, 59, 119), (9, 14, 24, 49, 99)), False),
        (Traffic((30, 30, 30)), True),
        (Traffic((0, 60, 60)), True),
        (Traffic((0, 0, 120)), True),
        (Traffic(about_ticket=(10, 10, 10, 10, 10)), True),
        (Traffic(about_ticket=(0, 15, 15, 15, 15)), True),
        (Traffic(about_ticket=(0, 0, 25, 25, 25)), True),
        (Traffic(about_ticket=(0, 0, 0, 50, 50)), True),
        (Traffic(about_ticket=(0, 0, 0, 0, 100)), True),
    ],
)
def test_each_window_has_its_limit(traffic: Traffic, *, is_too_much: bool) -> None:
    """One mail below every limit passes; one limit that is reached is enough to stop it."""
    assert bool(Budget({CARLA: traffic}).excess(notice(), POLICY)) is is_too_much


def test_an_admin_may_set_other_limits() -> None:
    """Each window has its own, and those who work here get ten times as many in all."""
    strict = make_policy(loops=LoopLimits(about_one_ticket=(2, 3, 4, 5, 6), in_all=(7, 8, 9)))
    for traffic, is_too_much in (
        (Traffic(about_ticket=(1, 2, 3, 4, 5)), False),
        (Traffic(about_ticket=(1, 2, 3, 4, 6)), True),
        (Traffic((6, 7, 8)), False),
        (Traffic((6, 8, 8)), True),
    ):
        assert bool(Budget({CARLA: traffic}).excess(notice(), strict)) is is_too_much
    assert not Budget({CARLA: Traffic((69, 79, 89))}).excess(notice(audience=Audience.ADMIN), strict)
    assert Budget({CARLA: Traffic((70, 70, 70))}).excess(notice(audience=Audience.ADMIN), strict)


def test_mails_of_one_plan_count_among_each_other() -> None:
    """The eleventh mail about a ticket is too much, wherever the ten before came from."""
    budget = Budget({CARLA: Traffic(about_ticket=(8, 8, 8, 8, 8))})
    assert [bool(budget.excess(notice(), POLICY)) for _ in range(3)] == [False, False, True]


def test_who_works_for_the_desk_may_get_more_in_all_and_no_more_about_one_ticket() -> None:
    """A flood of new tickets reaches the agents; a ticket that goes in circles does not."""
    flood = Traffic((299, 299, 299))
    assert not Budget({CARLA: flood}).excess(notice(audience=Audience.AGENT), POLICY)
    assert Budget({CARLA: Traffic((300, 300, 300))}).excess(notice(audience=Audience.AGENT), POLICY)
    assert Budget({CARLA: Traffic(about_ticket=(10,) * 5)}).excess(notice(audience=Audience.AGENT), POLICY)


@pytest.mark.parametrize("unlimited", [CARLA, "@customer.example"])
def test_what_persons_write_and_who_is_exempt_has_no_limit(unlimited: str) -> None:
    """An answer of an agent always goes out, and everything to an exempt address or domain."""
    budget = Budget({CARLA: Traffic((1000,) * 3, (1000,) * 5)})
    assert not budget.excess(notice(automatic=Automatic.NO), POLICY)
    assert not budget.excess(notice(), replace(POLICY, unlimited=frozenset({unlimited})))
    assert budget.excess(notice(), replace(POLICY, unlimited=frozenset({"dora@customer.example", "@example"})))
