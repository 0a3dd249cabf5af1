"""Letters that come back: whom that closes, who is told, and what opens an address again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.agents.act import act
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.facts import Evidence, Facts
from mailgateway.desk.letters.returned import refused
from mailgateway.desk.letters.suppression import Reachability, SentLetter, SuppressionPolicy, after_failure, is_hard
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import Audience, Disposition, MarkUndelivered, NoticeKind, Plan, RecordEvent
from mailgateway.mail.model import Bounce, Kind, Verdict
from tests.unit.desk.builders import (
    ANNA,
    CARLA,
    DAVE,
    MALLORY,
    NOW,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
    token,
)

HARD = Bounce(CARLA.address, "5.1.1", "failed", "550 no such user", "letter-1@example.com")
SOFT = Bounce(CARLA.address, "4.2.2", "failed", "452 mailbox full", "letter-1@example.com")
CLOSED = Reachability(CARLA.address, 1, NOW, NOW + timedelta(days=30), "5.1.1 no such user")


def letter(address: str = CARLA.address, audience: Audience = Audience.CUSTOMER, **changes: object) -> SentLetter:
    """Return a letter of ticket 7 that went out an hour ago."""
    sent_at = NOW - timedelta(hours=1)
    made = SentLetter(31, 7, address, audience.value, "reply", sent_at, Reachability(address))
    return replace(made, **changes)  # type: ignore[arg-type]  # names of fields


def report(bounce: Bounce, about: SentLetter | None, ticket: Ticket | None = None, kind: Kind = Kind.BOUNCE) -> Plan:
    """Return what becomes of a report about a letter of the ticket."""
    candidate = make_candidate(
        ticket or make_ticket(assignee="anna"), named_by={"letter-1@example.com": Evidence.OUR_MESSAGE_ID}
    )
    verdict = Verdict(kind, answerable=False, bounce=bounce, about=bounce.original_message_id)
    facts = replace(make_facts(candidate), letter=about)
    return decide_mail(make_incoming(verdict=verdict), facts, make_policy())


def closed(facts: Facts | None = None, known: Reachability = CLOSED) -> Facts:
    """Return facts in which Carla's address is closed."""
    return replace(facts or make_facts(), suppressed={CARLA.key: known})


def test_a_hard_bounce_marks_tells_and_closes() -> None:
    """The answer is marked, the assignee is told what the server said, and the address is left alone for 30 days."""
    plan = report(HARD, letter())
    assert plan.disposition is Disposition.RECORDED
    assert MarkUndelivered(NOW - timedelta(hours=1), CARLA.address) in plan.changes
    (told,) = plan.notices
    assert (told.kind, told.recipient.address) == (NoticeKind.UNDELIVERED, ANNA.address)
    assert told.values == {"address": CARLA.address, "reason": "5.1.1 550 no such user", "closed": True}
    (known,) = plan.reachability
    assert (known.until, known.failures, known.by) == (NOW + timedelta(days=30), 1, "bounce")


def test_a_soft_bounce_is_counted_and_nobody_is_bothered() -> None:
    """A full mailbox may be emptied: one report about a receipt changes nothing but the count."""
    plan = report(SOFT, letter(notice="acknowledgement"))
    assert plan.notices == ()
    assert not [change for change in plan.changes if isinstance(change, MarkUndelivered)]
    assert [(known.failures, known.until) for known in plan.reachability] == [(1, None)]


def test_an_answer_that_was_given_up_for_now_is_told() -> None:
    """What an agent wrote is not lost in silence: it is marked, they are told, and the address stays open."""
    plan = report(SOFT, letter())
    assert MarkUndelivered(NOW - timedelta(hours=1), CARLA.address) in plan.changes
    (told,) = plan.notices
    assert (told.recipient.address, told.values["closed"]) == (ANNA.address, False)
    assert [(known.failures, known.until) for known in plan.reachability] == [(1, None)]


def test_a_delay_is_noted_and_nobody_is_bothered() -> None:
    """Word that a letter is late stands on the ticket; it marks, counts and tells nothing."""
    plan = report(replace(SOFT, action="delayed"), letter(), kind=Kind.DELIVERY_DELAY)
    assert (plan.notices, plan.reachability) == ((), ())
    assert [one.what for one in plan.changes if isinstance(one, RecordEvent)] == ["joined", "delivery_delayed"]
    assert not [one for one in plan.changes if isinstance(one, MarkUndelivered)]


@pytest.mark.parametrize(
    ("answer", "is_closed", "counts"),
    [
        ("550 5.1.1 <carla@customer.example>: no such user", True, True),
        ("550 5.2.1 mailbox disabled", True, True),
        ("gave up after 72 hours: 452 4.2.2 mailbox full", False, True),
        ("550 5.7.1 relaying denied", False, False),
        ("550 5.1.8 sender domain does not exist", False, False),
        ("552 5.2.3 message too large", False, False),
        ("554 no", False, False),
    ],
)
def test_a_letter_that_is_refused_at_once_is_as_one_that_came_back(
    answer: str,
    is_closed: bool,  # noqa: FBT001 - a parameter
    counts: bool,  # noqa: FBT001 - a parameter
) -> None:
    """The answer is marked and its agent told; the address is closed where the server says that it is to blame."""
    candidate = make_candidate(make_ticket(assignee="anna"))
    plan = refused(letter(), answer, candidate, make_facts(candidate), make_policy())
    assert plan is not None
    assert plan.changes == (MarkUndelivered(NOW - timedelta(hours=1), CARLA.address),)
    assert [(one.recipient.address, one.values["reason"], one.values["closed"]) for one in plan.notices] == [
        (ANNA.address, answer, is_closed)
    ]
    assert [known.until is not None for known in plan.reachability] == ([is_closed] if counts else [])


@pytest.mark.parametrize("audience", [Audience.AGENT, Audience.ADMIN])
def test_a_refused_letter_to_the_desk_itself_closes_nothing(audience: Audience) -> None:
    """The admin hears of every letter that failed; more would be sent in circles."""
    candidate = make_candidate()
    about = letter(ANNA.address, audience)
    assert refused(about, "550 5.1.1 no such user", candidate, make_facts(candidate), make_policy()) is None


def test_soft_bounces_add_up() -> None:
    """The fifth within a week closes the address, and is told."""
    before = Reachability(CARLA.address, 4, NOW - timedelta(days=6))
    plan = report(SOFT, letter(reachability=before, notice="acknowledgement"))
    assert plan.reachability[0].until == NOW + timedelta(days=30)
    assert [told.kind for told in plan.notices] == [NoticeKind.UNDELIVERED]


@pytest.mark.parametrize("ticket", [None, 8], ids=["of no ticket", "of another ticket"])
def test_a_report_adds_to_the_ticket_of_its_letter_alone(ticket: int | None) -> None:
    """Who got a letter can write a report about it, with the number of somebody else's ticket in its subject."""
    mail = make_mail("Words for a ticket of Carla's.", sender=MALLORY, subject="Undelivered: [#7] Printer")
    found = [make_candidate()]
    if ticket is not None:
        named = {"letter-1@example.com": Evidence.OUR_MESSAGE_ID}
        found.append(make_candidate(make_ticket(ticket, requester=MALLORY), named_by=named))
    bounce = replace(HARD, recipient=MALLORY.address)
    verdict = Verdict(Kind.BOUNCE, answerable=False, bounce=bounce, about=bounce.original_message_id)
    facts = replace(make_facts(*found), letter=letter(MALLORY.address, ticket=ticket))
    plan = decide_mail(make_incoming(mail, verdict), facts, make_policy())
    assert (plan.disposition, plan.ticket) == (Disposition.RECORDED, ticket)
    assert [known.address for known in plan.reachability] == [MALLORY.address]


def test_a_report_to_a_ticket_about_a_letter_of_another_belongs_to_the_letters() -> None:
    """A server may send its report to the reply address of one ticket, and name a letter of another."""
    named = {"letter-1@example.com": Evidence.OUR_MESSAGE_ID}
    found = (make_candidate(), make_candidate(make_ticket(8), named_by=named))
    verdict = Verdict(Kind.BOUNCE, answerable=False, bounce=HARD, about=HARD.original_message_id)
    mail = make_mail(sender=MALLORY, to=(token(CARLA.key),))
    facts = replace(make_facts(*found), letter=letter(ticket=8))
    plan = decide_mail(make_incoming(mail, verdict), facts, make_policy())
    assert plan.ticket == 8
    assert {notice.ticket.number for notice in plan.notices if notice.ticket} == {8}


def test_a_report_about_no_letter_of_ours_closes_nothing() -> None:
    """A forged report, or one that names nothing, is kept for the record."""
    plan = report(HARD, None)
    assert plan.reachability == ()
    assert plan.notices == ()


def test_a_letter_without_a_ticket_that_comes_back_closes_its_address() -> None:
    """A refusal that bounced was sent to somebody who does not exist: the next one is spared."""
    about = letter("ghost@spam.example", ticket=None)
    verdict = Verdict(Kind.BOUNCE, answerable=False, bounce=HARD, about="x@example.com")
    plan = decide_mail(make_incoming(verdict=verdict), replace(make_facts(), letter=about), make_policy())
    assert (plan.disposition, plan.ticket, plan.changes, plan.notices) == (Disposition.RECORDED, None, (), ())
    assert [known.address for known in plan.reachability] == ["ghost@spam.example"]


@pytest.mark.parametrize(
    ("audience", "address", "kinds"),
    [
        (Audience.AGENT, ANNA.address, [NoticeKind.ALARM]),
        (Audience.ADMIN, "postmaster@example.com", []),
    ],
)
def test_the_desk_itself_is_never_closed(audience: Audience, address: str, kinds: list[NoticeKind]) -> None:
    """An agent's wrong address is told to the admin; a report about the admin's own mail is told to nobody."""
    plan = report(HARD, letter(address, audience))
    assert plan.reachability == ()
    assert [told.kind for told in plan.notices] == kinds


def test_an_answer_to_a_closed_address_is_not_sent_and_told() -> None:
    """Who answers learns at once that it reaches nobody there; the others get it."""
    candidate = make_candidate(make_ticket(participants=(DAVE,)))
    plan = act(Orders(text="Done."), ANNA, candidate, closed(make_facts(candidate)), make_policy())
    told = [(one.kind, one.recipient.address) for one in plan.notices]
    assert told == [(NoticeKind.REPLY, DAVE.address), (NoticeKind.UNDELIVERED, ANNA.address)]
    assert any(isinstance(change, RecordEvent) and change.what == "not_sent" for change in plan.changes)


def test_automatic_mail_to_a_closed_address_is_spared() -> None:
    """A machine's mail in its name opens a ticket and is not acknowledged; the reason stands on the ticket."""
    known = replace(CLOSED, by="operator")
    plan = decide_mail(make_incoming(), closed(known=known), make_policy())
    assert NoticeKind.ACKNOWLEDGEMENT not in [one.kind for one in plan.notices]
    assert any(isinstance(one, RecordEvent) and "came back" in one.detail.get("why", "") for one in plan.changes)
    assert plan.reachability == ()


def test_who_writes_again_is_written_to_again() -> None:
    """A person's mail opens the address that bounces closed, and is acknowledged."""
    plan = decide_mail(make_incoming(make_mail()), closed(), make_policy())
    assert NoticeKind.ACKNOWLEDGEMENT in [one.kind for one in plan.notices]
    assert plan.reachability == (Reachability(CARLA.address),)


@pytest.mark.parametrize(
    ("bounce", "hard"),
    [
        (Bounce(status="5.1.1", action="failed"), True),
        (Bounce(status="4.4.7", action="failed"), False),
        (Bounce(action="failed"), True),
        (Bounce(status="2.0.0", action="delivered"), False),
    ],
)
def test_class_five_is_for_good(bounce: Bounce, *, hard: bool) -> None:
    """The first digit of the status says it (RFC 3463 section 2)."""
    assert is_hard(bounce) is hard


@given(st.lists(st.integers(0, 20 * 24), min_size=1, max_size=30))
def test_soft_bounces_count_within_their_time(gaps: list[int]) -> None:
    """However reports follow each other, an address is closed by five that began within one week, and by no fewer."""
    policy, known, at, run = SuppressionPolicy(), Reachability(CARLA.address), NOW, [NOW]
    for number, gap in enumerate(gaps):
        at += timedelta(hours=gap if number else 0)
        run = [*run, at] if number and at - run[0] <= policy.soft_within else [at]
        was_closed = known.until is not None
        known = after_failure(known, SOFT, at, policy)
        assert known.failures == len(run)
        assert (known.until is not None) == (was_closed or len(run) >= policy.soft_limit)
