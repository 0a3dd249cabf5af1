"""A mail that goes on: whole, marked, and never in circles."""

from dataclasses import replace

import pytest

from mailgateway.desk.decide import decide_mail
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.model import Status
from mailgateway.desk.plan import Automatic, ChangeWatchers, Disposition, NoticeKind, Plan, RecordEvent
from mailgateway.mail.model import Address, Mail
from tests.unit.desk.builders import (
    ANNA,
    BOB,
    CARLA,
    SUPPORT,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
)
from tests.unit.desk.routing.test_rules_at_work import opened, ruleset

REPAIRS = "Repairs@supplier.example"
KNOWN = {REPAIRS.casefold(): 0}


def decided(
    then: dict[str, object], incoming: Incoming | None = None, counts: dict[str, int] | None = None, on: str = "new"
) -> Plan:
    """Return what becomes of a mail where one rule holds for it."""
    policy = make_policy(ruleset=ruleset({"name": "on", "on": on, "when": "always", "then": then}))
    facts = make_facts(make_candidate(make_ticket(status=Status.PENDING)), automatic_mails=counts or KNOWN)
    incoming = incoming or replace(make_incoming(), sha256="a" * 64, size=4_321)
    return decide_mail(incoming, facts, policy)


def test_a_mail_goes_on_whole_beside_its_ticket() -> None:
    """The letter has the mail as it arrived, says that a machine sent it, and is answered into the ticket."""
    plan = decided({"forward": REPAIRS})
    [letter] = [notice for notice in plan.notices if notice.kind is NoticeKind.FORWARDED]
    assert plan.disposition is Disposition.OPENED
    assert (letter.recipient.address, letter.sender.address) == (REPAIRS, SUPPORT)
    assert (letter.automatic, letter.bound_to, letter.answers_to) == (Automatic.GENERATED, REPAIRS.casefold(), None)
    assert letter.article is not None
    [mail] = letter.article.attachments
    assert (mail.content_type, mail.size, mail.sha256) == ("message/rfc822", 4_321, "a" * 64)
    assert RecordEvent("forwarded", {"to": REPAIRS}) in plan.changes
    assert NoticeKind.ACKNOWLEDGEMENT in {notice.kind for notice in plan.notices}


def test_a_mail_may_only_go_on() -> None:
    """With discard there is no ticket and no receipt, and the answer goes to who wrote."""
    plan = decided({"forward": REPAIRS, "discard": True})
    assert (plan.disposition, plan.reason, plan.changes) == (
        Disposition.DISCARDED,
        f"rule on, forwarded to {REPAIRS}",
        (),
    )
    [letter] = plan.notices
    assert (letter.ticket, letter.answers_to, letter.bound_to) == (None, CARLA, "")


def test_follow_ups_go_on_too() -> None:
    """A rule on: follow_up sends on what is added to its ticket."""
    incoming = make_incoming(make_mail(subject="[#7] again"))
    plan = decided({"forward": REPAIRS}, incoming, on="follow_up")
    assert plan.disposition is Disposition.FOLLOWED_UP
    assert [one.recipient.address for one in plan.notices if one.kind is NoticeKind.FORWARDED] == [REPAIRS]


@pytest.mark.parametrize(
    ("mail", "count", "why"),
    [
        (make_mail(sender=Address("", REPAIRS.casefold())), 0, "the mail came from there"),
        (make_mail(reply_to=(Address("", REPAIRS),)), 0, "the mail came from there"),
        (make_mail(headers=(("X-Mailgateway", "other.example"),)), 0, "a gateway wrote the mail"),
        (make_mail(), 100, "the address had enough mails within the hour"),
    ],
)
def test_what_may_not_go_on_is_a_ticket(mail: Mail, count: int, why: str) -> None:
    """Nothing goes in circles, and nothing is lost by that: the ticket says why."""
    plan = decided({"forward": REPAIRS, "discard": True}, make_incoming(mail), {REPAIRS.casefold(): count})
    assert plan.disposition is Disposition.OPENED
    assert RecordEvent("not_forwarded", {"to": REPAIRS, "why": why}) in plan.changes
    assert NoticeKind.FORWARDED not in {notice.kind for notice in plan.notices}


def test_what_went_to_the_address_lately_is_asked_for() -> None:
    """The plan cannot be made before the mails to the address are counted."""
    plan = decided({"forward": REPAIRS}, counts={"somebody@else.example": 0})
    assert plan.asks_about == (REPAIRS.casefold(),)
    assert decided({"forward": REPAIRS}).asks_about == ()


def test_watchers_are_told_with_those_who_work_on_it() -> None:
    """A new ticket has its watchers, who are told of it once, wherever it goes."""
    plan = decided({"group": "hardware", "watchers": ["anna", "bob"]})
    told = [one.recipient.address for one in plan.notices if one.kind is NoticeKind.AGENT_NOTIFICATION]
    assert opened(plan).ticket.watchers == ("anna", "bob")
    assert told == [BOB.address, "hardware-team@example.com", ANNA.address]


def test_a_follow_up_may_win_watchers() -> None:
    """Who watches is told of the very mail that made them watch."""
    incoming = make_incoming(make_mail(subject="[#7] again"))
    policy = make_policy(ruleset=ruleset({"on": "follow_up", "when": "always", "then": {"watchers": ["anna", "bob"]}}))
    ticket = make_ticket(assignee="bob", watchers=("bob",))
    plan = decide_mail(incoming, make_facts(make_candidate(ticket)), policy)
    assert ChangeWatchers(("anna",)) in plan.changes
    assert [one.recipient.address for one in plan.notices] == [BOB.address, ANNA.address]


def test_rules_choose_the_words() -> None:
    """The acknowledgement and the rejection name the template that the rule names."""
    plan = decided({"template": "printers"})
    assert [one.template for one in plan.notices if one.kind is NoticeKind.ACKNOWLEDGEMENT] == ["printers"]
    refused = decided({"reject": {"template": "orders", "reason": "Order elsewhere."}})
    assert [(one.template, one.values["reason"]) for one in refused.notices] == [("orders", "Order elsewhere.")]
