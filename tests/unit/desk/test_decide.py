"""What becomes of a mail: the stages together."""

from dataclasses import replace
from unittest.mock import ANY

import pytest

from mailgateway.desk.decide import Incoming, addressees, decide_mail
from mailgateway.desk.facts import Candidate, Earlier, Evidence
from mailgateway.desk.incoming import MOST_PARTICIPANTS
from mailgateway.desk.model import ArticleKind, Direction, LinkKind, Status, Ticket
from mailgateway.desk.plan import (
    AddArticle,
    AddLink,
    AddParticipants,
    Audience,
    Disposition,
    NoticeKind,
    OpenTicket,
    Plan,
    RecordEvent,
    SetStatus,
)
from mailgateway.mail.model import Address, Attachment, Kind, Reply, Verdict
from mailgateway.rules.schema import ActionName, AllOf, Rule, Ruleset
from tests.unit.desk.builders import (
    ANNA,
    AUTO_REPLY,
    BOB,
    BOUNCE,
    CARLA,
    DAVE,
    DMARC_PASS,
    FROM_ANNA,
    FROM_BOB,
    HARDWARE,
    MALLORY,
    SUPPORT,
    kinds,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
    spelled_out,
    token,
)

POLICY = make_policy()
ANNAS, CARLAS = token("agent:anna"), token(CARLA.key)


def decided(incoming: Incoming, *candidates: Candidate, **facts: object) -> Plan:
    """Decide about a mail, the ticket 7 being there where no other is given."""
    known = replace(make_facts(*(candidates or (make_candidate(),))), **facts)  # type: ignore[arg-type]  # field by field
    return decide_mail(incoming, known, POLICY)


def article_of(plan: Plan) -> AddArticle:
    """Return the one article of a plan."""
    (added,) = (change for change in plan.changes if isinstance(change, AddArticle))
    return added


def opened(plan: Plan) -> Ticket:
    """Return the ticket that a plan opens."""
    assert plan.disposition is Disposition.OPENED
    first = plan.changes[0]
    assert isinstance(first, OpenTicket)
    return first.ticket


def events(plan: Plan) -> dict[str, dict[str, str]]:
    """Return the events of a plan with their details, but for how the mail found its ticket."""
    happened = [change for change in plan.changes if isinstance(change, RecordEvent)]
    return {change.what: dict(change.detail) for change in happened if change.what != "joined"}


def receivers(plan: Plan, kind: NoticeKind) -> list[str]:
    """Return who gets notices of one kind."""
    return [notice.recipient.address for notice in plan.notices if notice.kind is kind]


# A new matter.


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


# What is turned away before anything else.


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


# A follow-up.


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


# Machines.


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


# Agents.


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
