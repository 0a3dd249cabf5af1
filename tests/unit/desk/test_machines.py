"""What becomes of mails that machines wrote."""

from dataclasses import replace

import pytest

from mailgateway.desk.facts import Evidence
from mailgateway.desk.model import ArticleKind, Status
from mailgateway.desk.plan import (
    Audience,
    Disposition,
)
from mailgateway.mail.model import Address, Kind, Verdict
from tests.unit.desk.builders import (
    BOUNCE,
    CARLA,
    DAVE,
    DMARC_PASS,
    FROM_ANNA,
    MALLORY,
    kinds,
    make_candidate,
    make_incoming,
    make_mail,
    make_ticket,
)
from tests.unit.desk.deciding import ANNAS, CARLAS, article_of, decided, events


def test_a_bounce_of_our_letter_is_recorded_with_its_ticket() -> None:
    """It says who was not reached and why, in bounded words; no status moves, nobody is told."""
    mail = make_mail(sender=Address("", "mailer-daemon@customer.example"))
    solved = make_candidate(make_ticket(status=Status.SOLVED), named_by={"ours@example.com": Evidence.OUR_MESSAGE_ID})
    plan = decided(make_incoming(mail, BOUNCE), solved)
    assert (plan.disposition, plan.ticket, plan.notices) == (Disposition.RECORDED, 7, ())
    assert kinds(plan.changes) == ["AddArticle", "RecordEvent"]
    assert article_of(plan).article.kind is ArticleKind.AUTO
    detail = events(plan)["undelivered"]
    assert (detail["recipient"], detail["status"]) == ("gone@customer.example", "5.1.1")
    assert detail["diagnostic"].startswith("550 no such user")
    assert len(detail["diagnostic"]) == 500


def test_a_delay_is_no_failure() -> None:
    """A delivery report that the letter still waits has its own event."""
    delay = replace(BOUNCE, kind=Kind.DELIVERY_DELAY)
    plan = decided(
        make_incoming(make_mail(sender=None), delay),
        make_candidate(named_by={"ours@example.com": Evidence.OUR_MESSAGE_ID}),
    )
    assert list(events(plan)) == ["delivery_delayed"]


def test_a_read_receipt_about_no_letter_of_ours_opens_no_ticket() -> None:
    """That somebody looked at a mail is nobody's request."""
    plan = decided(make_incoming(make_mail(), Verdict(Kind.READ_RECEIPT, answerable=False)))
    assert (plan.disposition, plan.changes, plan.notices) == (Disposition.RECORDED, (), ())


@pytest.mark.parametrize("kind", [Kind.ABUSE_REPORT, Kind.CHALLENGE, Kind.CALENDAR_ANSWER])
def test_what_a_machine_asks_people_for_opens_a_ticket_that_nobody_is_told_of(kind: Kind) -> None:
    """A person of the desk has to look at it; the machine gets no answer."""
    plan = decided(make_incoming(make_mail(), Verdict(kind, answerable=False)))
    assert plan.disposition is Disposition.OPENED
    assert all(notice.audience is not Audience.CUSTOMER for notice in plan.notices)


@pytest.mark.parametrize("named_by", [{}, {"ours@example.com": Evidence.MESSAGE_ID}])
def test_a_bounce_of_anything_else_opens_no_ticket(named_by: dict[str, Evidence]) -> None:
    """It is recorded with the mails, and that is all."""
    mail = make_mail(sender=None, subject="Undelivered: [#7]")
    plan = decided(make_incoming(mail, BOUNCE), make_candidate(named_by=named_by))
    assert (plan.disposition, plan.ticket, plan.changes, plan.notices) == (Disposition.RECORDED, None, (), ())


@pytest.mark.parametrize("kind", [Kind.AUTO_REPLY, Kind.BULK])
@pytest.mark.parametrize(
    ("sender", "address"), [(CARLA, CARLAS), (MALLORY, CARLAS), (FROM_ANNA, ANNAS), (MALLORY, ANNAS)]
)
def test_an_automatic_answer_is_recorded_quietly(kind: Kind, sender: Address, address: Address) -> None:
    """An out-of-office reply reopens nothing, tells nobody, brings nobody in, and orders nothing, even an agent's."""
    mail = make_mail("#solved\nI am away.", sender=sender, to=(address,), cc=(DAVE,), headers=(DMARC_PASS,))
    verdict = Verdict(kind, answerable=False)
    plan = decided(make_incoming(mail, verdict), make_candidate(make_ticket(status=Status.SOLVED)))
    assert (plan.disposition, plan.notices) == (Disposition.RECORDED, ())
    assert kinds(plan.changes) == ["AddArticle", "RecordEvent"]
    assert events(plan) == {"machine_mail": {"kind": kind.value}}
