"""A ticket's subject, requester and language are set right, with what follows from that."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from mailgateway.desk.after import after
from mailgateway.desk.agents.act import act, objection
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.agents.read_orders import read_orders
from mailgateway.desk.customers.correcting import against_requester, corrected, read_language, read_person, read_subject
from mailgateway.desk.customers.counting import SetOrganisation
from mailgateway.desk.customers.heading import LONGEST_SUBJECT, SetLanguage, SetRequester, SetSubject
from mailgateway.desk.customers.organisations import Contract, Organisation, Person, organisations
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.service_levels import Promise, Scope, ServiceLevel
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.plan import AddParticipants, Change, Disposition, Plan
from mailgateway.mail.model import Address
from tests.unit.desk.builders import (
    ANNA,
    CARLA,
    DAVE,
    FROM_ANNA,
    NOW,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
    token,
)

ALWAYS = Calendar("always", UTC)
JAN = Address("Jan Nowak", "jan@klient.example")
ACME = Organisation("acme", "ACME", domains=("customer.example",))
KLIENT = Organisation(
    "klient",
    "Klient",
    domains=("klient.example",),
    language="pl",
    contract=Contract("gold"),
    people=(Person("jan@klient.example", name="Jan Nowak"),),
    vips=("jan@klient.example",),
)
POLICY = make_policy(organisations=organisations((ACME, KLIENT)), languages=frozenset({"en", "pl", "de"}))
TICKET = make_ticket(organisation="acme", participants=(DAVE,))


def changes(orders: Orders, ticket: Ticket = TICKET) -> tuple[Change, ...]:
    """Return what is set right."""
    return tuple(corrected(orders, ticket, POLICY))


def carried_out(orders: Orders, ticket: Ticket = TICKET) -> tuple[Plan, Ticket]:
    """Return what comes of orders, and the ticket after it."""
    candidate = make_candidate(ticket)
    plan = act(orders, ANNA, candidate, make_facts(candidate), POLICY)
    return plan, after(ticket, plan.changes, NOW)


def test_only_what_differs_is_changed() -> None:
    """What is so already is no change, however the address is written and without a name."""
    same = Orders(subject="Printer", requester=Address("", "CARLA@customer.example"), language="en")
    assert changes(Orders()) == changes(same) == ()
    orders = Orders(subject="Toner", language="de")
    assert changes(orders) == (SetSubject("Printer", "Toner"), SetLanguage("en", "de"))


def test_a_ticket_follows_its_requester_into_their_organisation() -> None:
    """With its language, under the name that is known; unless the orders say otherwise."""
    bare = Orders(requester=Address("", "jan@klient.example"))
    follows = (SetRequester(CARLA, JAN), SetOrganisation("acme", "klient"), SetLanguage("en", "pl"))
    assert changes(bare) == follows
    assert changes(replace(bare, language="de"))[-1] == SetLanguage("en", "de")
    assert changes(replace(bare, organisation="acme")) == (SetRequester(CARLA, JAN),)
    nobody = Address("", "eve@elsewhere.example")
    assert changes(Orders(requester=nobody)) == (SetRequester(CARLA, nobody), SetOrganisation("acme", None))


def test_an_organisation_that_was_given_to_the_ticket_stays() -> None:
    """By a rule or by hand: it was not the requester's, so that it does not go with them."""
    assert changes(Orders(requester=JAN), replace(TICKET, organisation="other")) == (SetRequester(CARLA, JAN),)


def test_another_name_of_the_same_person_moves_nothing_else() -> None:
    """The address is the person."""
    renamed = Address("Carla C.", CARLA.address)
    assert changes(Orders(requester=renamed)) == (SetRequester(CARLA, renamed),)


def test_who_takes_part_and_becomes_requester_is_no_participant_any_more() -> None:
    """And keeps the name that is known; whose it was is gone, unless they are to stay."""
    plan, ticket = carried_out(Orders(requester=Address("", DAVE.address)))
    assert (ticket.requester, ticket.participants) == (DAVE, ())
    assert plan.notices == ()
    plan, ticket = carried_out(Orders(requester=DAVE, participants=(CARLA,)))
    assert (ticket.requester, ticket.participants) == (DAVE, (CARLA,))
    assert AddParticipants((CARLA,)) in plan.changes


def test_a_new_requester_is_told_that_it_is_theirs() -> None:
    """In the language of their organisation, under a reply address of their own; nobody else is."""
    plan, _ = carried_out(Orders(requester=JAN))
    (notice,) = plan.notices
    assert (notice.kind, notice.recipient, notice.bound_to) == ("added", JAN, JAN.key)
    assert (notice.language, notice.values["yours"]) == ("pl", True)
    plan, _ = carried_out(Orders(participants=(JAN,)))
    assert [one.values["yours"] for one in plan.notices] == [False]


def test_who_wants_no_mail_is_asked_about_and_gets_none() -> None:
    """Whoever is brought to a ticket may have been there before: what they said then counts."""
    plan, _ = carried_out(Orders(requester=JAN, participants=(CARLA,)))
    assert plan.asks_about == (CARLA.key, JAN.key)
    candidate = make_candidate(TICKET)
    told = dict.fromkeys((CARLA.key, JAN.key), 0)
    facts = replace(make_facts(candidate, automatic_mails=told), unsubscribed={JAN.key: frozenset({0})})
    plan = act(Orders(requester=JAN), ANNA, candidate, facts, POLICY)
    assert (plan.asks_about, plan.notices) == ((), ())


def test_nobody_is_new_where_the_requester_stays() -> None:
    """Not even one without an address."""
    plan, _ = carried_out(Orders(subject="Toner"), make_ticket(requester=Address("Front door", "")))
    assert plan.notices == ()


def test_the_next_letters_are_the_new_requesters() -> None:
    """The answer in the same mail and the status; not a word to whose matter it was."""
    plan, _ = carried_out(Orders(requester=JAN, text="It is done.", status=Status.SOLVED))
    assert {one.recipient.key for one in plan.notices} == {JAN.key, DAVE.key}
    plan, _ = carried_out(Orders(requester=DAVE, status=Status.SOLVED))
    assert [(one.kind, one.recipient) for one in plan.notices] == [("status_changed", DAVE)]


def test_the_old_reply_address_leads_nowhere_and_the_new_one_does() -> None:
    """A reply address is signed for who takes part: whose matter it was cannot add to it by an old letter any more."""
    _, ticket = carried_out(Orders(requester=JAN), make_ticket())
    policy = make_policy()
    facts = make_facts(make_candidate(ticket))
    old = make_mail(to=(token(CARLA.key),))
    assert decide_mail(make_incoming(old), facts, policy).disposition is Disposition.OPENED
    new = make_mail(to=(token(JAN.key),), sender=JAN)
    assert decide_mail(make_incoming(new), facts, policy).disposition is Disposition.FOLLOWED_UP


def test_the_promise_of_the_new_contract_holds() -> None:
    """A service level by contract or organisation begins to count, and another ends."""
    promise = Promise({Target.RESOLUTION: timedelta(hours=4)})
    gold = ServiceLevel("gold", ALWAYS, ALWAYS, (promise,), Scope(contract=frozenset({"gold"})))
    policy = replace(POLICY, service_levels=(gold,))
    _, ticket = carried_out(Orders(requester=JAN))
    assert policy.level_of(TICKET) is None
    assert policy.level_of(ticket) == gold


def test_a_ticket_without_an_address_can_be_answered_once_it_has_a_requester() -> None:
    """The command stands before the text, so that the text has somebody to go to."""
    nameless = make_ticket(requester=Address("", ""))
    assert "nobody" in objection(Orders(text="Hello"), nameless, (), POLICY)
    assert objection(Orders(text="Hello", requester=JAN), nameless, (), POLICY) == ""


@pytest.mark.parametrize(
    ("written", "subject"),
    [("  Printer   on fire ", "Printer on fire"), ("Re: [#10234] Toner", "Re: Toner"), ("Zażółć", "Zażółć")],
)
def test_a_subject_is_one_line_without_numbers(written: str, subject: str) -> None:
    """Letters write the number before it by themselves."""
    assert read_subject(written, POLICY.conversation.tags) == subject


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "has words"),
        ("[#10234] ", "has words"),
        ("a\x00b", "control"),
        ("x" * (LONGEST_SUBJECT + 1), "at most 500"),
    ],
)
def test_what_is_no_subject_is_refused(written: str, why: str) -> None:
    """With what would be right."""
    with pytest.raises(ValueError, match=why):
        read_subject(written, POLICY.conversation.tags)


@pytest.mark.parametrize(("written", "code"), [("PL", "pl"), ("de", "de"), ("pl-PL", "pl-PL")])
def test_a_language_is_one_with_words(written: str, code: str) -> None:
    """Or one of a country, whose language has some."""
    assert read_language(written, POLICY.languages) == code


@pytest.mark.parametrize("written", ["", "xx", "english", "plx"])
def test_other_languages_are_refused_with_those_that_there_are(written: str) -> None:
    """A letter would be in English instead."""
    with pytest.raises(ValueError, match="no words in this language"):
        read_language(written, POLICY.languages)


@pytest.mark.parametrize("written", ["", "jan", "@klient.example", "jan@klient.example, eve@klient.example"])
def test_a_requester_is_one_address(written: str) -> None:
    """Neither none nor two."""
    with pytest.raises(ValueError, match="no address"):
        read_person(written)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("support@example.com", "arrives here"),
        ("SUPPORT+t7.abc@example.com", "arrives here"),
        ("hardware-team@example.com", "shared address"),
        ("no-reply@shop.example", "nobody reads"),
        ("noreply+7@shop.example", "nobody reads"),
        ("do_not_reply@shop.example", "nobody reads"),
        ("MAILER-DAEMON@shop.example", "nobody reads"),
        ("anna@example.com", ""),
        ("norah@shop.example", ""),
        ("jan@noreply.example", ""),
    ],
)
def test_it_is_nobodys_matter_who_cannot_be_written_to(address: str, why: str) -> None:
    """Our own mailboxes, groups and machines; an agent may have a matter of their own."""
    against = against_requester(Address("", address), POLICY)
    assert (why in against) if why else against == ""


def test_agents_set_right_by_mail() -> None:
    """A command a line; what is wrong names the command."""
    read = read_orders("#subject Toner [#7]\n#requester Jan <jan@klient.example>\n#language PL\n", "anna", POLICY)
    expected = Orders(subject="Toner", requester=Address("Jan", "jan@klient.example"), language="pl")
    assert (read.orders, read.problems) == (expected, ())
    wrong = read_orders("#subject\n#requester support@example.com\n#requester x\n#language xx\n", "anna", POLICY)
    assert [line.partition(":")[0] for line in wrong.problems] == [
        *("#subject ", "#requester support@example.com", "#requester x", "#language xx")
    ]


def test_an_agents_receipt_tells_of_it() -> None:
    """What the ticket is called, whose it is and in which language, as they are now."""
    mail = make_mail(
        "#subject Toner\n#requester jan@klient.example\n#language de", sender=FROM_ANNA, to=(token("agent:anna"),)
    )
    plan = decide_mail(make_incoming(mail), make_facts(make_candidate(TICKET)), POLICY)
    (told,) = (one for one in plan.notices if one.kind == "agent_receipt")
    changed = told.values["changed"]
    assert isinstance(changed, dict)
    assert {name: value for name, value in changed.items() if value} == {
        "subject": "Toner",
        "requester": "Jan Nowak <jan@klient.example>",
        "language": "de",
    }
