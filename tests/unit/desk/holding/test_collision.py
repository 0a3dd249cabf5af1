"""An answer to an outdated state of its ticket: sent and told of, held and asked about, or just sent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailgateway.desk.agents.policy import AgentPolicy, Collision, Receipts
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.facts import AnsweredLetter, Course, Entry
from mailgateway.desk.holding.changes import HeldEnd, HoldAnswer, HoldOn, ReleaseAnswer
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.letters.audience import FOR_CUSTOMERS
from mailgateway.desk.model import ArticleKind, Direction, HeldAnswer, Ticket
from mailgateway.desk.plan import AddArticle, Disposition, Notice, NoticeKind, Plan, SetStatus
from mailgateway.desk.threads.thread import bound_to_agent, for_notes
from mailgateway.desk.timed import held as timed
from mailgateway.desk.timed.agenda import next_attention
from mailgateway.mail.model import Address, Kind, Verdict
from tests.unit.desk.builders import (
    ANNA,
    AUTO_REPLY,
    BOB,
    CARLA,
    FROM_ANNA,
    FROM_BOB,
    NORMAL,
    NOW,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
    token,
)

MINUTE = timedelta(minutes=1)
NOTICE, QUESTION = NoticeKind.AGENT_NOTIFICATION, NoticeKind.ANSWER_HELD
ABOUT_WORK, INTERNAL = token(bound_to_agent(ANNA)), token(for_notes(bound_to_agent(ANNA)))
WAITING = HeldAnswer("anna", NOW - 20 * MINUTE, article=40, mail=3)


def ago(minutes: int) -> datetime:
    """Return a moment before now."""
    return NOW - minutes * MINUTE


def entry(
    minutes: int,
    sender: Address = CARLA,
    kind: ArticleKind = ArticleKind.PUBLIC,
    direction: Direction = Direction.IN,
    text: str = "It is worse now.",
) -> Entry:
    """Make an article that came so many minutes ago."""
    return Entry(ago(minutes), kind, direction, sender, text, f"entry-{minutes}@customer.example")


def course(*entries: Entry, answered: int | None = 30, notice: str = NOTICE) -> Course:
    """Make the course of a ticket: its entries, and how many minutes ago the letter that is answered was written."""
    letters = () if answered is None else (AnsweredLetter(notice, ago(answered)),)
    return Course(letters, entries)


def written(
    text: str = "Try again.",
    *,
    known: Course | None = None,
    ticket: Ticket | None = None,
    to: Address = ABOUT_WORK,
    verdict: Verdict = NORMAL,
    held: Mapping[int, Incoming] | None = None,
    answered: tuple[str, ...] = (),
    **agents: object,
) -> Plan:
    """Let Anna answer about Carla's ticket."""
    policy = make_policy(agents=replace(AgentPolicy(), **agents))  # type: ignore[arg-type] # fields of the policy
    mail = make_mail(text, sender=FROM_ANNA, to=(to,), message_id="anna-1@example.com", in_reply_to=answered)
    facts = replace(make_facts(make_candidate(ticket)), course=known)
    return decide_mail(make_incoming(mail, verdict, held=held or {}), facts, policy)


def only(plan: Plan, kind: NoticeKind) -> Notice:
    """Return the one notice of a kind."""
    (found,) = (one for one in plan.notices if one.kind is kind)
    return found


def kinds_of(plan: Plan) -> list[NoticeKind]:
    """Return what is sent."""
    return [one.kind for one in plan.notices]


NEWS = course(entry(10))


def test_the_course_of_the_ticket_is_asked_for_where_it_matters() -> None:
    """For what an agent sends or decides, of the one ticket; notes are none the wiser."""
    assert written(known=None).asks_course_of == (7,)
    assert written("#send", known=None).asks_course_of == (7,)
    assert written("#note Ask Bob.", known=None).asks_course_of == ()
    assert written(known=Course()).asks_course_of == ()


@pytest.mark.parametrize(
    ("entries", "collides"),
    [
        ((entry(10),), True),
        ((entry(10, FROM_BOB, direction=Direction.OUT),), True),
        ((entry(31),), False),
        ((entry(30),), False),
        ((entry(10, FROM_ANNA, direction=Direction.OUT),), False),
        ((entry(10, Address("", "Anna@Example.com"), direction=Direction.OUT),), False),
        ((entry(10, FROM_BOB, ArticleKind.NOTE),), False),
        ((entry(10, kind=ArticleKind.AUTO),), False),
        ((entry(10, kind=ArticleKind.AUTO), entry(9)), True),
    ],
)
def test_what_makes_an_answer_outdated(entries: tuple[Entry, ...], collides: bool) -> None:  # noqa: FBT001 - a column
    """A customer's mail or another agent's answer after the letter that is answered; no machine, note, own words."""
    plan = written(known=course(*entries), collision=Collision.HOLD)
    assert (plan.disposition is Disposition.HELD) is collides


@pytest.mark.parametrize(
    ("known", "answered", "collides"),
    [
        (course(entry(10), answered=None), (), False),
        (course(entry(10), answered=None), ("entry-10@customer.example",), False),
        (course(entry(10), entry(5), answered=None), ("entry-10@customer.example",), True),
        (course(entry(10), notice=NoticeKind.COMMANDS_REFUSED, answered=5), (), False),
        (
            Course(
                (AnsweredLetter(NoticeKind.COMMANDS_REFUSED, ago(5)), AnsweredLetter(NOTICE, ago(30))), (entry(10),)
            ),
            (),
            True,
        ),
        (Course((AnsweredLetter(NOTICE, ago(5)), AnsweredLetter(NOTICE, ago(30))), (entry(10),)), (), False),
    ],
)
def test_what_an_agent_had_seen(known: Course, answered: tuple[str, ...], collides: bool) -> None:  # noqa: FBT001 - a column
    """By the letter or mail that they answer. A refusal tells nothing of the ticket; nothing known is no collision."""
    plan = written(known=known, answered=answered, collision=Collision.HOLD)
    assert (plan.disposition is Disposition.HELD) is collides


def test_an_answer_is_sent_and_its_writer_told() -> None:
    """The usual way: the receipt says who wrote what and when, though the mail did nothing but answer."""
    plan = written(known=course(entry(10), entry(5, FROM_BOB, direction=Direction.OUT, text="I come. " * 90)))
    assert kinds_of(plan) == [NoticeKind.REPLY, NoticeKind.AGENT_RECEIPT]
    told = only(plan, NoticeKind.AGENT_RECEIPT).values["meanwhile"]
    assert isinstance(told, list)
    customer, colleague = told
    assert customer == ("Carla Costa", ago(10), False, "It is worse now.")
    assert colleague[:3] == ("Bob", ago(5), True)
    assert len(colleague[3]) <= 301


@pytest.mark.parametrize(
    ("text", "agents", "sent"),
    [
        ("Try again.", {"receipts": Receipts.NEVER}, [NoticeKind.REPLY]),
        ("Try again.", {"collision": Collision.SEND}, [NoticeKind.REPLY]),
        (
            "Try again.",
            {"collision": Collision.SEND, "receipts": Receipts.ALWAYS},
            [NoticeKind.REPLY, NoticeKind.AGENT_RECEIPT],
        ),
        ("#note Ask Bob.", {}, [NoticeKind.AGENT_RECEIPT]),
    ],
)
def test_who_wants_to_hear_nothing_is_told_nothing(
    text: str, agents: dict[str, object], sent: list[NoticeKind]
) -> None:
    """Where no receipts are wanted, where the desk does not mind, and for what stays inside."""
    plan = written(text, known=None if text.startswith("#note") else NEWS, **agents)  # type: ignore[arg-type] # of AgentPolicy
    assert kinds_of(plan) == sent
    if NoticeKind.AGENT_RECEIPT in sent:
        assert only(plan, NoticeKind.AGENT_RECEIPT).values["meanwhile"] == []


def test_a_held_answer_does_nothing_but_wait() -> None:
    """Its words lie inside, its orders wait, the ticket stays as idle as it was, and the question shows all."""
    plan = written("#solved\nTry again.\n#note Third time.", known=NEWS, collision=Collision.HOLD)
    assert (plan.disposition, plan.is_quiet) == (Disposition.HELD, True)
    assert not [one for one in plan.notices if one.kind in FOR_CUSTOMERS]
    assert not [change for change in plan.changes if isinstance(change, SetStatus)]
    (kept,) = (change.article for change in plan.changes if isinstance(change, AddArticle))
    assert (kept.kind, kept.flags) == (ArticleKind.NOTE, ("held",))
    assert kept.text == "#solved\nTry again.\n#note Third time."
    assert HoldAnswer("anna") in plan.changes
    question = only(plan, QUESTION)
    assert (question.recipient.address, question.bound_to) == (ANNA.address, bound_to_agent(ANNA))
    assert question.article == kept
    assert question.values["meanwhile"] == [("Carla Costa", ago(10), False, "It is worse now.")]


@pytest.mark.parametrize("text", ["#solved", "#assign bob\n#priority high"])
def test_orders_without_an_answer_are_carried_out_and_told(text: str) -> None:
    """Nothing that was written is out of date; the receipt still says what happened."""
    plan = written(text, known=NEWS, collision=Collision.HOLD)
    assert plan.disposition is Disposition.FOLLOWED_UP
    assert only(plan, NoticeKind.AGENT_RECEIPT).values["meanwhile"]


def test_a_machine_is_never_held() -> None:
    """An out-of-office of an agent's is kept for the record, as ever."""
    plan = written("I am away.", known=NEWS, verdict=AUTO_REPLY, collision=Collision.HOLD)
    assert plan.notices == ()
    assert not [change for change in plan.changes if isinstance(change, HoldAnswer)]


def test_who_cannot_be_asked_is_named() -> None:
    """A mail that wants no answer gets none: the ticket says so."""
    verdict = Verdict(Kind.NORMAL, ("X-Auto-Response-Suppress: All",), answerable=False)
    plan = written(known=NEWS, verdict=verdict, collision=Collision.HOLD)
    assert plan.notices == ()
    assert HoldAnswer("anna", not_told="X-Auto-Response-Suppress: All") in plan.changes


def test_another_answer_replaces_what_is_held() -> None:
    """Whether it is sent or held itself; what colleagues have held stays."""
    bobs = replace(WAITING, agent="bob", article=41)
    ticket = make_ticket(held=(WAITING, bobs))
    replaced = ReleaseAnswer(WAITING, HeldEnd.REPLACED)
    sent = written("Leave it off.", ticket=ticket, known=course(entry(30), answered=20, notice=QUESTION))
    assert [change for change in sent.changes if isinstance(change, ReleaseAnswer)] == [replaced]
    assert only(sent, NoticeKind.AGENT_RECEIPT).values["changed"]["held"] == "replaced"  # type: ignore[index] # a dict
    again = written("Leave it off.", ticket=ticket, known=NEWS, collision=Collision.HOLD)
    assert [change for change in again.changes if isinstance(change, ReleaseAnswer)] == [replaced]
    noted = written("#note Ask Bob.", ticket=ticket, known=NEWS, collision=Collision.HOLD)
    assert not [change for change in noted.changes if isinstance(change, ReleaseAnswer)]


def original(text: str = "#solved\nTry again.") -> dict[int, Incoming]:
    """Return the mail that is held, as the spool keeps it."""
    return {3: make_incoming(make_mail(text, sender=FROM_ANNA, to=(ABOUT_WORK,), message_id="anna-0@example.com"))}


HOLDING = make_ticket(held=(WAITING,))
ASKED = course(entry(25), answered=20, notice=QUESTION)


def test_send_first_asks_for_the_mail_that_is_held() -> None:
    """What was written is read anew, from its own bytes."""
    assert written("#send", ticket=HOLDING, known=ASKED).asks_mail == 3


def test_send_carries_out_what_was_held() -> None:
    """Its words reach the customer, its orders are carried out, and it is held no longer."""
    plan = written("#send", ticket=HOLDING, known=ASKED, held=original(), collision=Collision.HOLD)
    assert kinds_of(plan) == [NoticeKind.REPLY, NoticeKind.AGENT_RECEIPT]
    letter = only(plan, NoticeKind.REPLY)
    assert letter.article is not None
    assert letter.article.text == "Try again."
    assert SetStatus(make_ticket().status, type(make_ticket().status)("solved")) in plan.changes
    assert [change for change in plan.changes if isinstance(change, ReleaseAnswer)] == [
        ReleaseAnswer(WAITING, HeldEnd.SENT)
    ]


def test_send_reads_what_was_inside_as_inside() -> None:
    """What stood above `#reply` in an answer to an internal notice stays a note."""
    ticket = make_ticket(held=(replace(WAITING, inside=True),))
    plan = written("#send", ticket=ticket, known=ASKED, held=original("Ask Bob.\n#reply\nTry again."))
    letter = only(plan, NoticeKind.REPLY)
    assert letter.article is not None
    assert letter.article.text == "Try again."


def test_send_asks_again_where_the_ticket_went_on() -> None:
    """After the question: what it showed is known. Where nobody minds by now it is sent, and told."""
    known = course(entry(25), entry(5), answered=20, notice=QUESTION)
    plan = written("#send", ticket=HOLDING, known=known, held=original(), collision=Collision.HOLD)
    assert (kinds_of(plan), plan.disposition) == ([QUESTION], Disposition.REFUSED)
    assert plan.changes[:1] == (HoldOn(WAITING),)
    assert only(plan, QUESTION).values["meanwhile"] == [("Carla Costa", ago(5), False, "It is worse now.")]
    told = written("#send", ticket=HOLDING, known=known, held=original(), collision=Collision.TELL)
    assert kinds_of(told) == [NoticeKind.REPLY, NoticeKind.AGENT_RECEIPT]


def test_send_may_answer_what_came_after_the_question() -> None:
    """Who answers the notice of the customer's next mail has seen it."""
    known = course(entry(25), entry(5), answered=5)
    plan = written("#send", ticket=HOLDING, known=known, held=original(), collision=Collision.HOLD)
    assert NoticeKind.REPLY in kinds_of(plan)


def test_what_is_held_may_be_refused_when_it_is_sent() -> None:
    """Its orders hold for the ticket as it is now; it is held on."""
    plan = written("#send", ticket=HOLDING, known=ASKED, held=original("#merge 99\nTry again."))
    assert (plan.disposition, kinds_of(plan)) == (Disposition.REFUSED, [NoticeKind.COMMANDS_REFUSED])
    assert only(plan, NoticeKind.COMMANDS_REFUSED).values["original"] == "#merge 99\nTry again."
    assert not [change for change in plan.changes if isinstance(change, ReleaseAnswer)]


def test_drop_gives_an_answer_up() -> None:
    """Nothing is sent, and the receipt says so."""
    plan = written("#drop", ticket=HOLDING, known=ASKED, collision=Collision.HOLD)
    assert [change for change in plan.changes if isinstance(change, ReleaseAnswer)] == [
        ReleaseAnswer(WAITING, HeldEnd.DROPPED)
    ]
    assert kinds_of(plan) == [NoticeKind.AGENT_RECEIPT]
    assert only(plan, NoticeKind.AGENT_RECEIPT).values["changed"]["held"] == "dropped"  # type: ignore[index] # a dict


@pytest.mark.parametrize("to", [ABOUT_WORK, INTERNAL])
@pytest.mark.parametrize(
    ("text", "ticket", "known", "why"),
    [
        ("#send", make_ticket(), ASKED, "no answer of yours is held"),
        ("#drop", make_ticket(held=(replace(WAITING, agent="bob"),)), ASKED, "no answer of yours is held"),
        ("#send", HOLDING, course(answered=40, notice=QUESTION), "out of date"),
        ("#send\nAnd more.", HOLDING, ASKED, "stands alone"),
        ("#drop\n#solved", HOLDING, ASKED, "stands alone"),
        ("#send\n#drop", HOLDING, ASKED, "one of the two"),
        ("#send it", HOLDING, ASKED, "stands alone"),
        ("#sned", HOLDING, ASKED, "did you mean #send?"),
    ],
)
def test_what_cannot_be_decided_is_refused(text: str, ticket: Ticket, known: Course, why: str, to: Address) -> None:
    """With what is wrong, and nothing happens to what is held."""
    plan = written(text, ticket=ticket, known=known, to=to, held=original())
    assert (plan.disposition, kinds_of(plan)) == (Disposition.REFUSED, [NoticeKind.COMMANDS_REFUSED])
    problems = only(plan, NoticeKind.COMMANDS_REFUSED).values["problems"]
    assert isinstance(problems, list)
    assert [why in problem for problem in problems] == [True]


@pytest.mark.parametrize(
    ("answered", "notice", "meant"), [(20, QUESTION, 40), (5, QUESTION, 42), (40, NOTICE, 42), (None, NOTICE, 42)]
)
def test_the_question_says_which_answer_is_meant(answered: int | None, notice: str, meant: int) -> None:
    """Where merging left several of an agent's; without a question it is the newest."""
    newer = replace(WAITING, at=ago(10), article=42, mail=4)
    ticket = make_ticket(held=(newer, WAITING))
    plan = written("#drop", ticket=ticket, known=course(answered=answered, notice=notice))
    (released,) = (change for change in plan.changes if isinstance(change, ReleaseAnswer))
    assert released.held.article == meant


def test_an_answer_that_waits_is_reminded_of_once() -> None:
    """After four hours, again where it was asked about anew, and not where nobody is left to ask."""
    ticket = make_ticket(held=(WAITING, replace(WAITING, agent="gone", article=41)))
    at = WAITING.at + timed.REMIND_AFTER
    assert next_attention(ticket, (), make_policy()) == at
    due = tuple(timed.SOURCE.moments(ticket, make_policy()))
    effect = timed.SOURCE.take(due, make_candidate(ticket), make_facts(), make_policy())
    (reminder,) = effect.notices
    assert (reminder.recipient.address, reminder.values["held"], reminder.values["reminds"]) == (ANNA.address, 40, True)
    assert next_attention(ticket, effect.fired, make_policy()) is None
    anew = make_ticket(held=(replace(WAITING, at=NOW),))
    assert next_attention(anew, effect.fired, make_policy()) == NOW + timed.REMIND_AFTER


def test_bob_is_told_of_what_anna_wrote() -> None:
    """The same mail is one's own or a colleague's, by who answers."""
    known = course(entry(10, FROM_ANNA, direction=Direction.OUT))
    mail = make_mail("On my way.", sender=FROM_BOB, to=(token(bound_to_agent(BOB)),), message_id="bob-1@example.com")
    plan = decide_mail(make_incoming(mail), replace(make_facts(make_candidate()), course=known), make_policy())
    assert only(plan, NoticeKind.AGENT_RECEIPT).values["meanwhile"] == [
        ("Anna Kowalska", ago(10), True, "It is worse now.")
    ]
