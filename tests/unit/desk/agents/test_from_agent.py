"""What becomes of a mail that an agent wrote about a ticket."""

import pytest

from mailgateway.desk.plan import (
    Disposition,
    NoticeKind,
)
from mailgateway.mail.model import Address, Attachment, Kind, Reply, Verdict
from tests.unit.desk.builders import (
    ANNA,
    CARLA,
    FROM_ANNA,
    FROM_BOB,
    SUPPORT,
    kinds,
    make_candidate,
    make_incoming,
    make_mail,
    make_ticket,
    spelled_out,
    token,
)
from tests.unit.desk.deciding import ANNAS, POLICY, decided, events


def test_an_agents_answer_reaches_the_customer_without_what_is_private() -> None:
    """Neither quotation, nor address, nor signature files."""
    files = (
        Attachment("plan.pdf", "application/pdf", b"x"),
        Attachment("smime.p7s", "application/PKCS7-signature", b"anna@example.com"),
    )
    mail = make_mail(
        "Try again.\n> internal", sender=FROM_ANNA, to=(ANNAS,), attachments=files, message_id="a@internal"
    )
    plan = decided(make_incoming(mail, reply=Reply("Try again.", quoted=True)))
    (notice,) = plan.notices
    assert (notice.kind, notice.recipient, notice.sender.address) == (NoticeKind.REPLY, CARLA, SUPPORT)
    assert notice.article is not None
    assert [file.filename for file in notice.article.attachments] == ["plan.pdf"]
    for private in ("internal", "anna@example.com", "smime"):
        assert private not in spelled_out(notice)


def test_a_groups_reply_address_serves_its_members() -> None:
    """Who answers the copy in the shared mailbox is known by their From, and must be of that group."""
    bob = make_mail("Done.", sender=FROM_BOB, to=(token("group:hardware"),))
    assert decided(make_incoming(bob)).actor == "bob"
    anna = make_mail("Done.", sender=FROM_ANNA, to=(token("group:hardware"),))
    assert decided(make_incoming(anna)).disposition is Disposition.OPENED


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("#slove\nDone.", "#slove is not a command"),
        ("#help\nDone.", ""),
        ("", "says nothing"),
        ("#note", "says nothing"),
    ],
)
def test_what_cannot_be_carried_out_goes_back_to_the_agent(text: str, part: str) -> None:
    """Nothing is sent, nothing changed; the agent gets the mail back, the ticket a line in its history."""
    mail = make_mail(text, sender=FROM_ANNA, to=(ANNAS,))
    plan = decided(make_incoming(mail))
    assert (plan.disposition, plan.ticket, kinds(plan.changes)) == (Disposition.REFUSED, 7, ["RecordEvent"])
    (notice,) = plan.notices
    assert (notice.kind, notice.recipient.address) == (NoticeKind.COMMANDS_REFUSED, ANNA.address)
    assert part in str(notice.values["problems"])
    assert part in events(plan)["orders_refused"]["why"]
    assert "slove" not in plan.reason


def test_refusals_stop_at_the_budget_and_are_listed() -> None:
    """A robot in an agent's name does not keep us busy; the history says that nobody was told."""
    incoming = make_incoming(make_mail("#slove", sender=FROM_ANNA, to=(ANNAS,)))
    plan = decided(incoming, automatic_mails={ANNA.address: POLICY.agents.mails_per_hour})
    assert plan.notices == ()
    assert "within the hour" in events(plan)["orders_refused"]["not_told"]


def test_a_mail_that_wants_no_answer_gets_none_even_from_an_agent() -> None:
    """The verdict binds every step; the history tells what was wrong instead."""
    silent = Verdict(Kind.NORMAL, ("X-Auto-Response-Suppress: All",), answerable=False)
    plan = decided(make_incoming(make_mail("#slove", sender=FROM_ANNA, to=(ANNAS,)), silent))
    assert plan.notices == ()
    assert events(plan)["orders_refused"]["not_told"] == "X-Auto-Response-Suppress: All"


def test_an_agent_learns_that_nobody_would_get_the_answer() -> None:
    """A ticket of somebody without address cannot be answered by mail."""
    nobody = make_candidate(make_ticket(requester=Address("", "")))
    plan = decided(make_incoming(make_mail("Hi", sender=FROM_ANNA, to=(ANNAS,))), nobody)
    assert plan.disposition is Disposition.REFUSED
    assert "#cc ADDRESS" in str(plan.notices[0].values["problems"])
