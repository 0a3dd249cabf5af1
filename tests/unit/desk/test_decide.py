"""The stages together: what is turned away before anything else, and who is believed to be whom."""

from unittest.mock import ANY

import pytest

from mailgateway.desk.decide import addressees
from mailgateway.desk.facts import Earlier, Evidence
from mailgateway.desk.model import LinkKind
from mailgateway.desk.plan import (
    AddLink,
    Audience,
    Disposition,
    NoticeKind,
    RecordEvent,
)
from mailgateway.mail.model import Address, Kind, Verdict
from tests.unit.desk.builders import (
    AUTO_REPLY,
    BOB,
    CARLA,
    DMARC_PASS,
    FROM_ANNA,
    FROM_BOB,
    MALLORY,
    kinds,
    make_candidate,
    make_incoming,
    make_mail,
    token,
)
from tests.unit.desk.deciding import ANNAS, CARLAS, POLICY, article_of, decided, events, opened, receivers


@pytest.mark.parametrize("ticket", [7, None])
def test_the_same_mail_again_is_a_duplicate(ticket: int | None) -> None:
    """It changes nothing but the record of its ticket, where it has one."""
    plan = decided(make_incoming(), earlier=Earlier(3, ticket, same=True))
    assert (plan.disposition, plan.ticket, plan.notices) == (Disposition.DUPLICATE, ticket, ())
    assert events(plan) == ({"received_again": {"mailbox": "support"}} if ticket else {})


def test_another_mail_with_a_used_id_is_filed_and_flagged() -> None:
    """A reused Message-ID loses no mail."""
    plan = decided(make_incoming(), earlier=Earlier(3, 7, same=False))
    opened(plan)
    assert article_of(plan).article.flags == ("message_id_reused",)
    assert events(plan) == {"message_id_reused": {"spool_entry": "3"}}


def test_our_own_mail_that_came_back_is_recorded_only() -> None:
    """A loop ends here, whatever ticket it names."""
    plan = decided(make_incoming(make_mail(to=(CARLAS,)), Verdict(Kind.LOOP, answerable=False)))
    assert (plan.disposition, plan.changes, plan.notices) == (Disposition.RECORDED, (), ())


@pytest.mark.parametrize(
    ("verdict", "sent", "told"),
    [(Verdict(Kind.NORMAL), 0, True), (Verdict(Kind.NORMAL), 5, False), (AUTO_REPLY, 0, False)],
)
def test_a_mail_that_is_too_large_is_set_aside_and_its_writer_told(verdict: Verdict, sent: int, told: bool) -> None:  # noqa: FBT001 - a column of the table
    """A machine is not told, and nobody beyond the budget."""
    incoming = make_incoming(make_mail(to=(CARLAS,)), verdict, too_large=30_000_000)
    plan = decided(incoming, automatic_mails={CARLA.key: sent})
    assert (plan.disposition, plan.reason, plan.changes) == (
        Disposition.QUARANTINED,
        "the mail has 30.0 MB, more than this mailbox takes",
        (),
    )
    assert receivers(plan, NoticeKind.REJECTED) == ([CARLA.address] if told else [])


def test_a_large_mail_that_was_released_is_filed() -> None:
    """Somebody looked at it and wants it."""
    assert decided(make_incoming(too_large=30_000_000, released=True)).disposition is Disposition.OPENED


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(make_mail("#close", sender=FROM_ANNA, subject="Re: [#7] Printer"), id="forged From, stolen tag"),
        pytest.param(make_mail("#close", sender=MALLORY, to=(ANNAS,)), id="an agent's token in a stranger's hands"),
        pytest.param(make_mail("#close", sender=FROM_BOB, to=(ANNAS,)), id="another agent's token"),
        pytest.param(
            make_mail("#close", sender=FROM_ANNA, to=(token("agent:anna", 8),), subject="[#7]"),
            id="another ticket's token",
        ),
        pytest.param(
            make_mail("#close", sender=FROM_ANNA, in_reply_to=("ours@example.com",)),
            id="forged From, a known id of ours",
        ),
        pytest.param(
            make_mail("#close", sender=MALLORY, reply_to=(CARLA,), subject="[#7]"),
            id="a customer's address in Reply-To",
        ),
        pytest.param(
            make_mail(
                "#close",
                sender=FROM_ANNA,
                subject="[#7]",
                headers=(("Authentication-Results", "mx.evil.example; dmarc=pass header.from=example.com"),),
            ),
            id="a pass written by the sender",
        ),
    ],
)
def test_a_lie_opens_a_ticket_of_its_own(mail: object) -> None:
    """It neither reaches the customer nor touches the ticket it names; people see what it claimed to be."""
    incoming = make_incoming(mail)  # type: ignore[arg-type]  # parametrised values have no type
    plan = decided(incoming, make_candidate(named_by={"ours@example.com": Evidence.OUR_MESSAGE_ID}))
    ticket = opened(plan)
    assert plan.ticket is None
    assert "[#" not in ticket.subject
    assert AddLink(7, LinkKind.RELATED, why=ANY) in plan.changes
    claimed = incoming.mail.sender is not None and incoming.mail.sender.address.endswith("@example.com")
    assert ("agent_not_proven" in events(plan)) is claimed
    assert CARLA.address not in [n.recipient.address for n in plan.notices if n.kind is not NoticeKind.ACKNOWLEDGEMENT]


def test_who_writes_for_another_is_told() -> None:
    """Reply-To makes a ticket that person's, as web forms have it: people can see that they did not write it."""
    plan = decided(make_incoming(make_mail(sender=MALLORY, reply_to=(CARLA,))))
    assert opened(plan).requester == CARLA
    assert RecordEvent("written_for_another", {"from": MALLORY.address}) in plan.changes
    for honest in (make_mail(), make_mail(reply_to=(CARLA,)), make_mail(reply_to=(CARLA, MALLORY))):
        assert "written_for_another" not in events(decided(make_incoming(honest)))


def test_a_customers_reply_address_makes_nobody_an_agent() -> None:
    """With an agent's From and even a true pass, whoever answers a customer's copy speaks as a customer."""
    mail = make_mail("#close", sender=FROM_ANNA, to=(CARLAS,), headers=(DMARC_PASS,))
    plan = decided(make_incoming(mail))
    assert (plan.disposition, kinds(plan.changes)) == (Disposition.FOLLOWED_UP, ["AddArticle"])
    assert {notice.audience for notice in plan.notices} == {Audience.AGENT}


def test_we_ask_beforehand_about_everybody_we_may_write_to() -> None:
    """The writer, and the main address of the agent whose alias stands in From."""
    mail = make_mail(sender=Address("", "Bob@Home.Example"), reply_to=(Address("", "C@customer.example"),))
    assert addressees(mail, POLICY) == {"c@customer.example", BOB.address}
    assert addressees(make_mail(), POLICY) == {CARLA.key}
