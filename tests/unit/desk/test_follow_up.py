"""A mail that joins a ticket."""

import pytest

from mailgateway.desk.model import Status
from mailgateway.desk.plan import (
    AddParticipants,
    Disposition,
    NoticeKind,
    SetStatus,
)
from mailgateway.mail.model import Address
from tests.unit.desk.builders import (
    ANNA,
    BOB,
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
    token,
)
from tests.unit.desk.deciding import CARLAS, article_of, decided, receivers


@pytest.mark.parametrize(
    ("before", "after"), [(Status.SOLVED, Status.OPEN), (Status.PENDING, Status.OPEN), (Status.NEW, Status.NEW)]
)
def test_a_customers_answer_joins_its_ticket_and_wakes_it(before: Status, after: Status) -> None:
    """Those who work on it are told; the customer gets no acknowledgement, but word that what was over goes on."""
    plan = decided(make_incoming(make_mail(to=(CARLAS,))), make_candidate(make_ticket(status=before)))
    assert (plan.disposition, plan.ticket, plan.reason) == (Disposition.FOLLOWED_UP, 7, "by token")
    assert [change for change in plan.changes if isinstance(change, SetStatus)] == (
        [] if before is after else [SetStatus(before, after)]
    )
    assert [(notice.kind, notice.recipient.address) for notice in plan.notices] == [
        (NoticeKind.AGENT_FOLLOW_UP, ANNA.address),
        (NoticeKind.AGENT_FOLLOW_UP, BOB.address),
        *([(NoticeKind.STATUS_CHANGED, CARLA.address)] if before is Status.SOLVED else []),
    ]
    assert plan.notices[0].ticket is not None
    assert plan.notices[0].ticket.status is after


def test_a_colleague_on_cc_may_follow_up_and_bring_others() -> None:
    """A participant joins by the subject alone; whom they copy takes part from then on; the requester stays."""
    erin = Address("Erin", "erin@customer.example")
    mail = make_mail(sender=DAVE, subject="AW: [#7] Printer", cc=(erin, CARLA, FROM_ANNA))
    plan = decided(make_incoming(mail), make_candidate(make_ticket(participants=(DAVE,))))
    assert (plan.disposition, plan.reason, plan.actor) == (Disposition.FOLLOWED_UP, "by subject", DAVE.address)
    assert article_of(plan).article.flags == ()
    assert AddParticipants((erin,)) in plan.changes


def test_a_reply_address_in_other_hands_adds_text_and_nothing_else() -> None:
    """Who got a customer's mail forwarded may answer, is flagged, and cannot let anybody take part."""
    plan = decided(make_incoming(make_mail(sender=MALLORY, to=(CARLAS,), cc=(MALLORY, DAVE))))
    assert plan.disposition is Disposition.FOLLOWED_UP
    assert kinds(plan.changes) == ["AddArticle"]
    assert article_of(plan).article.flags == ("other_sender",)
    assert article_of(plan).article.sender == MALLORY


def test_a_follow_up_is_the_senders_whoever_shall_get_the_answer() -> None:
    """A Reply-To does not put words into another mouth."""
    plan = decided(make_incoming(make_mail(to=(CARLAS,), reply_to=(DAVE,))))
    assert article_of(plan).article.sender == CARLA


def test_an_agent_who_wrote_as_a_customer_follows_up_as_one() -> None:
    """Their answer to their own acknowledgement is no order, and no answer to themself."""
    own = make_candidate(make_ticket(requester=FROM_ANNA))
    for mail in (
        make_mail("#close", sender=FROM_ANNA, to=(token(ANNA.address),), headers=(DMARC_PASS,)),
        make_mail("#close", sender=FROM_ANNA, subject="[#7]", headers=(DMARC_PASS,)),
    ):
        plan = decided(make_incoming(mail), own)
        assert (plan.disposition, kinds(plan.changes)) == (Disposition.FOLLOWED_UP, ["AddArticle"])
        assert receivers(plan, NoticeKind.AGENT_FOLLOW_UP) == [BOB.address]
