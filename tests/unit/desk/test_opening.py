"""A mail about a new matter opens a ticket."""

from dataclasses import replace

import pytest

from mailgateway.desk.decide import Incoming, decide_mail
from mailgateway.desk.incoming import MOST_PARTICIPANTS
from mailgateway.desk.model import ArticleKind, Direction, Status
from mailgateway.desk.plan import (
    Disposition,
    NoticeKind,
)
from mailgateway.mail.model import Address, Attachment, Kind, Reply, Verdict
from mailgateway.rules.schema import ActionName, AllOf, Rule, Ruleset
from tests.unit.desk.builders import (
    ANNA,
    AUTO_REPLY,
    BOB,
    CARLA,
    DAVE,
    DMARC_PASS,
    FROM_ANNA,
    HARDWARE,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
)
from tests.unit.desk.deciding import article_of, decided, events, opened, receivers


def test_a_new_mail_is_a_ticket_acknowledged_and_handed_over() -> None:
    """Filed as it was written, routed by the default, its writer and the group told."""
    mail = make_mail("It is broken.\n\n-- \nCarla", cc=(DAVE,), attachments=(Attachment("a.png", "image/png", b"x"),))
    plan = decided(make_incoming(mail, reply=Reply("It is broken.", quoted=True)))
    ticket = opened(plan)
    assert (ticket.number, ticket.status, ticket.group, ticket.assignee) == (0, Status.NEW, "first-line", None)
    assert (ticket.requester, ticket.participants, ticket.mailbox) == (CARLA, (DAVE,), "support")
    assert (plan.ticket, plan.actor, plan.reason) == (None, CARLA.address, "a new matter in support")
    article = article_of(plan).article
    assert (article.kind, article.direction, article.sender) == (ArticleKind.PUBLIC, Direction.IN, CARLA)
    assert (article.text, article.full_text) == ("It is broken.", "It is broken.\n\n-- \nCarla")
    assert [(file.filename, file.size) for file in article.attachments] == [("a.png", 1)]
    assert [notice.recipient.address for notice in plan.notices] == [
        CARLA.address,
        ANNA.address,
        BOB.address,
        DAVE.address,
    ]
    assert plan.notices[0].kind is NoticeKind.ACKNOWLEDGEMENT
    assert events(plan) == {}


def test_who_is_addressed_beside_us_takes_part() -> None:
    """Not the desk itself, in any spelling, not its agents and groups, not the writer, nobody twice, a bounded many."""
    desk = ("Help@Example.com", "support+x@example.com", ANNA.address, "BOB@home.example", HARDWARE.address)
    crowd = tuple(Address("", f"n{n}@customer.example") for n in range(100))
    copies = (*(Address("", address) for address in desk), CARLA, DAVE, replace(DAVE, name="Again"), Address("x", "y"))
    ticket = opened(decided(make_incoming(make_mail(cc=(*copies, *crowd)))))
    assert ticket.participants[:2] == (DAVE, crowd[0])
    assert len(ticket.participants) == MOST_PARTICIPANTS


def test_a_web_form_names_the_person_in_reply_to() -> None:
    """The ticket is the person's, and they get the acknowledgement."""
    plan = decided(make_incoming(make_mail(sender=Address("Form", "web@shop.example"), reply_to=(CARLA,))))
    assert opened(plan).requester == CARLA
    assert receivers(plan, NoticeKind.ACKNOWLEDGEMENT) == [CARLA.address]


@pytest.mark.parametrize(
    ("incoming", "sent", "why"),
    [
        (make_incoming(make_mail(sender=None)), 0, "there is no address to write to"),
        (make_incoming(make_mail(sender=Address("", "help@example.com"))), 0, "the address is our own"),
        (make_incoming(verdict=AUTO_REPLY), 0, "Auto-Submitted: auto-replied"),
        (make_incoming(verdict=Verdict(Kind.NORMAL, answerable=False)), 0, "the mail is not to be answered"),
        (make_incoming(), 5, "the address had enough automatic mails within the hour"),
    ],
)
def test_a_ticket_that_is_not_acknowledged_says_why(incoming: Incoming, sent: int, why: str) -> None:
    """Silence is written down; the group is told all the same."""
    plan = decided(incoming, automatic_mails={CARLA.key: sent})
    opened(plan)
    assert receivers(plan, NoticeKind.ACKNOWLEDGEMENT) == []
    assert receivers(plan, NoticeKind.AGENT_NOTIFICATION) == [ANNA.address, BOB.address]
    assert events(plan) == {"not_acknowledged": {"why": why}}


def test_a_reply_to_of_our_own_does_not_make_us_write_to_ourselves() -> None:
    """The answer goes to the sender."""
    plan = decided(make_incoming(make_mail(reply_to=(Address("", "help@example.com"),))))
    assert receivers(plan, NoticeKind.ACKNOWLEDGEMENT) == [CARLA.address]


def test_a_subject_is_bounded() -> None:
    """A subject of any length opens a ticket that can be listed."""
    assert opened(decided(make_incoming(make_mail(subject="x" * 10_000)))).subject == "x" * 500


def test_a_machines_new_mail_is_marked_as_such() -> None:
    """It is kept for the record, and nothing goes back."""
    plan = decided(make_incoming(verdict=AUTO_REPLY))
    assert article_of(plan).article.kind is ArticleKind.AUTO
    assert article_of(plan).article.mail_kind == "auto_reply"


@pytest.mark.parametrize(
    ("action", "disposition"),
    [(ActionName.DISCARD, Disposition.DISCARDED), (ActionName.QUARANTINE, Disposition.QUARANTINED)],
)
def test_a_rule_may_turn_a_mail_away(action: ActionName, disposition: Disposition) -> None:
    """The rule is the reason; nobody is told and nothing is filed."""
    policy = make_policy(ruleset=Ruleset((Rule("junk", 1, AllOf(), {action: True}),)))
    plan = decide_mail(make_incoming(), make_facts(), policy)
    assert (plan.disposition, plan.reason, plan.changes, plan.notices) == (disposition, "rule junk", (), ())
    released = decide_mail(make_incoming(released=True), make_facts(), policy)
    assert (released.disposition is Disposition.OPENED) is (action is ActionName.QUARANTINE)


def test_a_mail_of_a_mailbox_that_is_gone_is_filed_in_the_first() -> None:
    """What was spooled before the configuration changed is no poison."""
    plan = decided(make_incoming(mailbox="sales"))
    assert opened(plan).mailbox == "support"
    assert receivers(plan, NoticeKind.ACKNOWLEDGEMENT) == [CARLA.address]


def test_an_agents_new_mail_is_a_customers() -> None:
    """Commands in it are text: there is no ticket yet that they could be about; the agent is not notified of it."""
    plan = decided(make_incoming(make_mail("#solved\nMy screen flickers.", sender=FROM_ANNA, headers=(DMARC_PASS,))))
    assert opened(plan).requester == FROM_ANNA
    assert article_of(plan).article.text == "#solved\nMy screen flickers."
    assert receivers(plan, NoticeKind.ACKNOWLEDGEMENT) == [ANNA.address]
    assert receivers(plan, NoticeKind.AGENT_NOTIFICATION) == [BOB.address]
