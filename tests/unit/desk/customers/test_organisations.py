"""Who belongs to which organisation, and what follows from it for a ticket."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.customers.counting import SetOrganisation
from mailgateway.desk.customers.organisations import Contract, Organisation, Organisations, Person, organisations
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.model import Status
from mailgateway.desk.plan import OpenTicket, Plan
from mailgateway.desk.routing.asking import requester_of
from mailgateway.mail.model import Address
from mailgateway.rules.schema import Requester
from tests.unit.desk.builders import (
    CARLA,
    MAILBOX,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
)
from tests.unit.desk.routing.test_rules_at_work import ruleset

JAN = Person("jan@acme.example", ("jan@home.example",), "Jan")
ACME = Organisation(
    "acme",
    "ACME Corporation",
    domains=("acme.example",),
    addresses=("works@post.example",),
    language="pl",
    vips=("ceo@acme.example", "JAN@home.example"),
    people=(JAN,),
    contract=Contract("gold"),
)
CUSTOMER = Organisation("customer", "Customer", domains=("customer.example",))
DEPARTMENT = Organisation("lab", "The lab", domains=("lab.acme.example",), language="de")
KNOWN = organisations((ACME, CUSTOMER, DEPARTMENT))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("anybody@acme.example", "acme"),
        ("Anybody@ACME.example", "acme"),
        ("anybody@mail.berlin.acme.example", "acme"),
        ("anybody@lab.acme.example", "lab"),
        ("anybody@x.lab.acme.example", "lab"),
        ("works@post.example", "acme"),
        ("jan@home.example", "acme"),
        ("other@home.example", None),
        ("anybody@notacme.example", None),
        ("anybody@example", None),
        ("acme.example", None),
        ("", None),
        ("@", None),
    ],
)
def test_people_belong_by_address_or_else_by_the_nearest_domain(address: str, name: str | None) -> None:
    """Domains reach what lies below them; the nearest one counts; similar names are no relation."""
    found = KNOWN.of(address)
    assert (found.name if found else None) == name


_HOSTS = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=2), min_size=1, max_size=16).map(".".join)


@given(st.lists(_HOSTS, max_size=5, unique=True), _HOSTS)
def test_the_look_up_is_what_a_search_through_all_would_find(domains: list[str], host: str) -> None:
    """The longest of the domains that the host is, or lies below, counts; within twelve levels of it."""
    known = organisations(Organisation(domain, domain, domains=(domain,)) for domain in domains)
    reaching = [domain for domain in domains if f".{host}".endswith(f".{domain}") and domain.count(".") < 12]
    found = known.of(f"x@{host}")
    assert (found.name if found else None) == max(reaching, key=len, default=None)


def test_names_are_found_in_any_case() -> None:
    """By the name, and by the one for people; nothing is nobody's name."""
    assert KNOWN.named("Acme") is ACME
    assert KNOWN.named(" acme corporation ") is ACME
    assert KNOWN.named("initech") is KNOWN.named("") is KNOWN.named(None) is None


def test_a_person_is_one_under_every_address() -> None:
    """All addresses are known from each, the main one first; a VIP is one under all of them."""
    assert KNOWN.person("Jan@Home.example") is JAN
    assert KNOWN.addresses_of("jan@home.example") == ("jan@acme.example", "jan@home.example")
    assert KNOWN.addresses_of("eve@acme.example") == ("eve@acme.example",)
    assert all(KNOWN.is_vip(address) for address in ("ceo@acme.example", *JAN.addresses))
    assert not KNOWN.is_vip("eve@acme.example")
    marked = organisations([replace(ACME, vips=(), people=(replace(JAN, is_vip=True),))])
    assert marked.is_vip("jan@home.example")


def test_rules_are_told_whose_a_requester_is() -> None:
    """What the database counted stays beside what the organisations say; strangers have neither."""
    policy = make_policy(organisations=KNOWN)
    counted = Requester(known=True, open_tickets=2)
    assert requester_of("ceo@acme.example", policy, counted) == Requester(
        known=True, open_tickets=2, organisation="acme", contract="gold", is_vip=True
    )
    assert requester_of(CARLA.address, policy) == Requester(organisation="customer")
    assert requester_of("x@nowhere.example", policy, counted) is counted


def decided(sender: Address, *rules: dict[str, object], known: Organisations = KNOWN, subject: str = "Help") -> Plan:
    """Decide about a new matter."""
    policy = make_policy(organisations=known, ruleset=ruleset(*rules))
    return decide_mail(make_incoming(make_mail(sender=sender, subject=subject)), make_facts(), policy)


def opened(plan: Plan) -> tuple[str | None, str]:
    """Return the organisation and the language of the ticket that a plan opens."""
    opening = plan.changes[0]
    assert isinstance(opening, OpenTicket)
    return opening.ticket.organisation, opening.ticket.language


def test_a_ticket_counts_for_its_requesters_organisation() -> None:
    """It gets the organisation and its language; without one, none and the mailbox's language."""
    assert opened(decided(Address("", "eve@acme.example"))) == ("acme", "pl")
    assert opened(decided(CARLA)) == ("customer", "en")
    assert opened(decided(Address("", "x@nowhere.example"))) == (None, "en")


def test_a_rule_outweighs_where_the_mail_came_from() -> None:
    """The organisation is a rule's, and its language with it; a rule's language goes before both."""
    assert opened(decided(CARLA, {"when": "always", "then": {"organisation": "acme"}})) == ("acme", "pl")
    both: dict[str, object] = {"when": "always", "then": {"organisation": "acme", "language": "fr"}}
    assert opened(decided(CARLA, both)) == ("acme", "fr")


FROM_SUBJECT: dict[str, object] = {
    "when": {"field": "subject", "matches": r"for (?P<who>\w+)"},
    "then": {"organisation": "{who}"},
}


@pytest.mark.parametrize(
    ("subject", "known", "organisation"),
    [
        ("for LAB", KNOWN, "lab"),
        ("for initech", KNOWN, "customer"),
        ("for nobody", KNOWN, "customer"),
        ("for initech", Organisations(), "initech"),
        ("Help", Organisations(), None),
    ],
)
def test_what_a_mail_names_is_one_that_is_known(subject: str, known: Organisations, organisation: str | None) -> None:
    """A text found in a mail counts where it is a configured name, or where none are configured."""
    assert opened(decided(CARLA, FROM_SUBJECT, known=known, subject=subject))[0] == organisation


def test_rules_can_ask_for_the_organisation() -> None:
    """Organisation, contract and VIP are fields like all others."""
    rules: list[dict[str, object]] = [
        {"when": {"field": f"requester.{field}", "equals": value}, "then": {"tags": [field]}}
        for field, value in (("organisation", "acme"), ("contract", "gold"), ("vip", True))
    ]
    opening = decided(Address("", "ceo@acme.example"), *rules).changes[0]
    assert isinstance(opening, OpenTicket)
    assert opening.ticket.tags == ("organisation", "contract", "vip")
    opening = decided(Address("", "x@nowhere.example"), *rules).changes[0]
    assert isinstance(opening, OpenTicket)
    assert opening.ticket.tags == ()


@pytest.mark.parametrize(("subject", "after"), [("[#7] for acme", "acme"), ("[#7] for initech", None)])
def test_a_follow_up_changes_it_to_one_that_is_known(subject: str, after: str | None) -> None:
    """Rules for follow-ups set it as those for new matters do, and see which one the ticket counts for."""
    candidate = make_candidate(make_ticket(status=Status.PENDING, organisation="customer"))
    when = {"all": [FROM_SUBJECT["when"], {"field": "ticket.organisation", "equals": "customer"}]}
    rule = {"on": "follow_up", "when": when, "then": FROM_SUBJECT["then"]}
    policy = make_policy(organisations=KNOWN, ruleset=ruleset(rule))
    plan = decide_mail(make_incoming(make_mail(subject=subject, sender=CARLA)), make_facts(candidate), policy)
    changes = [change for change in plan.changes if isinstance(change, SetOrganisation)]
    assert changes == ([SetOrganisation("customer", after)] if after else [])


POLISH = "Dzień dobry, drukarka na drugim piętrze nie drukuje od wczoraj. Proszę o pomoc, bardzo się spieszymy."


@pytest.mark.parametrize(
    ("sender", "detects", "languages", "language"),
    [
        ("x@nowhere.example", True, {"en", "pl"}, "pl"),
        ("x@nowhere.example", False, {"en", "pl"}, "en"),
        ("x@nowhere.example", True, {"en"}, "en"),
        ("x@lab.acme.example", True, {"en", "pl", "de"}, "de"),
    ],
)
def test_people_are_written_to_as_they_write(
    sender: str,
    detects: bool,  # noqa: FBT001 - a column of the table
    languages: set[str],
    language: str,
) -> None:
    """Where the mailbox wants it and there are words in that language; the organisation's goes before."""
    mailbox = replace(MAILBOX, default=replace(MAILBOX.default, detects_language=detects))
    policy = make_policy(organisations=KNOWN, mailboxes=(mailbox,), languages=frozenset(languages))
    incoming = make_incoming(make_mail(sender=Address("", sender), subject="Drukarka", text=POLISH))
    assert opened(decide_mail(incoming, make_facts(), policy))[1] == language
