"""Configuration items: found by any name, they say who gets a ticket and what is promised."""

from datetime import UTC, timedelta

import pytest

from mailgateway.desk.agents.act import act
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.agents.read_orders import read_orders
from mailgateway.desk.customers.organisations import Contract, Organisation, organisations
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.service_levels import Promise, ServiceLevel
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.plan import OpenTicket, RecordEvent, SetCi
from mailgateway.desk.problems.assets import Asset, assets
from mailgateway.rules.schema import ActionName, AllOf, Rule, Ruleset
from tests.unit.desk.builders import ANNA, make_candidate, make_facts, make_incoming, make_policy, make_ticket

KNOWN = assets(
    (
        Asset("mail-server", "Mail server", group="hardware", service_level="gold", aliases=("mx1.example.com",)),
        Asset("printer", "mx1.example.com"),
    )
)
ALWAYS = Calendar("always", UTC)
LEVELS = tuple(
    ServiceLevel(name, ALWAYS, ALWAYS, (Promise({Target.RESOLUTION: timedelta(hours=1)}),))
    for name in ("standard", "gold", "silver", "ruled")
)
POLICY = make_policy(assets=KNOWN, service_levels=LEVELS)


def always(**actions: object) -> Ruleset:
    """Make a rule for every mail."""
    then = {ActionName(name): value for name, value in actions.items()}
    return Ruleset((Rule("all", 1, when=AllOf(()), then=then),))


@pytest.mark.parametrize("written", ["mail-server", "MAIL-SERVER", "mail server", "MX1.example.com", " mail-server "])
def test_an_item_is_found_by_each_of_its_names(written: str) -> None:
    """In any case; an alias goes before another item's name for people."""
    assert KNOWN.spelled(written) == "mail-server"


def test_what_is_not_known_stays_as_it_was_written() -> None:
    """And is doubted only where there is a list."""
    assert KNOWN.spelled("web-7") == "web-7"
    assert KNOWN.doubts("web-7") == (RecordEvent("ci_unknown", {"ci": "web-7"}),)
    assert KNOWN.doubts("mx1.example.com") == KNOWN.doubts(None) == ()
    assert assets(()).doubts("web-7") == ()


def test_people_are_shown_what_it_is_called_and_where_it_stands() -> None:
    """Beside the name that commands know; nothing is said twice, and what is not known stays as it was written."""
    known = assets(
        (Asset("m1", "Mail server", location="Room 3"), Asset("web", "web"), Asset("db", "db", location="Room 4"))
    )
    shown = [known.label(name) for name in ("M1", "mail server", "web", "db", "phone", None)]
    assert shown == ["m1 (Mail server, Room 3)"] * 2 + ["web", "db (Room 4)", "phone", ""]


def test_its_group_gets_a_new_ticket_unless_a_rule_says_another() -> None:
    """The rule's word counts, then the item's, then the mailbox's."""
    for rules, group in (
        (always(ci="mx1.example.com"), "hardware"),
        (always(ci="mail-server", group="first-line"), "first-line"),
    ):
        plan = decide_mail(make_incoming(), make_facts(), make_policy(assets=KNOWN, ruleset=rules))
        opened = plan.changes[0]
        assert isinstance(opened, OpenTicket)
        assert (opened.ticket.ci, opened.ticket.group) == ("mail-server", group)


def test_a_rule_that_finds_an_unknown_item_keeps_it_and_says_so() -> None:
    """Nothing that a mail says is lost."""
    plan = decide_mail(make_incoming(), make_facts(), make_policy(assets=KNOWN, ruleset=always(ci="web-7")))
    assert isinstance(plan.changes[0], OpenTicket)
    assert plan.changes[0].ticket.ci == "web-7"
    assert RecordEvent("ci_unknown", {"ci": "web-7"}) in plan.changes


def test_its_service_level_holds_where_neither_rule_nor_contract_names_one() -> None:
    """Rule, contract, item, and then the conditions of the policies."""
    acme = Organisation("acme", "ACME", contract=Contract("c", "silver"))
    policy = make_policy(assets=KNOWN, service_levels=LEVELS, organisations=organisations((acme,)))
    about = make_ticket(ci="mail-server")
    for ticket, name in (
        (about, "gold"),
        (make_ticket(ci="printer"), "standard"),
        (make_ticket(ci="mail-server", organisation="acme"), "silver"),
        (make_ticket(ci="mail-server", organisation="acme", service_level="ruled"), "ruled"),
    ):
        level = policy.level_of(ticket)
        assert level is not None
        assert level.name == name


def test_an_agent_ties_a_ticket_and_unties_it() -> None:
    """By any name of the item; an unknown one is refused with the nearest."""
    tied = read_orders("#ci mx1.example.com", "anna", POLICY).orders
    assert tied == Orders(ci="mail-server")
    plan = act(tied, ANNA, make_candidate(make_ticket(ci="printer")), make_facts(), POLICY)
    assert SetCi("printer", "mail-server") in plan.changes
    plan = act(Orders(ci=""), ANNA, make_candidate(make_ticket(ci="printer")), make_facts(), POLICY)
    assert SetCi("printer", None) in plan.changes
    assert read_orders("#ci none", "anna", POLICY).orders.ci == ""
    (problem,) = read_orders("#ci mail-sever", "anna", POLICY).problems
    assert problem == '#ci mail-sever: no configuration item has that name; did you mean "mail-server"?'
    assert read_orders("#ci web-7", "anna", make_policy()).orders.ci == "web-7"
    assert read_orders("#ci", "anna", make_policy()).problems
