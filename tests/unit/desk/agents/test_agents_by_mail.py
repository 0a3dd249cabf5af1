"""What agents get and cause who work by mail alone: who hears their words is never guessed."""

import pytest

from mailgateway.desk.decide import decide_mail
from mailgateway.desk.facts import Candidate
from mailgateway.desk.letters.audience import FOR_CUSTOMERS
from mailgateway.desk.model import Article, ArticleKind
from mailgateway.desk.plan import AddArticle, Disposition, NoticeKind, Plan
from mailgateway.desk.threads.thread import bound_to_agent, for_notes
from mailgateway.mail.model import Address
from tests.unit.desk.builders import (
    ANNA,
    FROM_ANNA,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    token,
)

POLICY = make_policy()
ABOUT_WORK, INTERNAL = token(bound_to_agent(ANNA)), token(for_notes(bound_to_agent(ANNA)))


def written(text: str, to: Address = ABOUT_WORK, candidate: Candidate | None = None) -> Plan:
    """Let Anna answer a mail of ours about Carla's ticket."""
    mail = make_mail(text, sender=FROM_ANNA, to=(to,), message_id="anna-1@example.com")
    return decide_mail(make_incoming(mail), make_facts(candidate or make_candidate()), POLICY)


def articles(plan: Plan) -> list[Article]:
    """Return what the ticket gets."""
    return [change.article for change in plan.changes if isinstance(change, AddArticle)]


def sent(plan: Plan) -> list[NoticeKind]:
    """Return what is sent to customers."""
    return [notice.kind for notice in plan.notices if notice.kind in FOR_CUSTOMERS]


def test_an_answer_to_what_is_internal_is_a_note() -> None:
    """The same words go to the customer or stay inside, by the reply address alone."""
    assert sent(written("She is difficult.")) == [NoticeKind.REPLY]
    plan = written("She is difficult.", INTERNAL)
    assert sent(plan) == []
    assert [one.kind for one in articles(plan)] == [ArticleKind.NOTE]


def test_a_line_reply_leads_out() -> None:
    """It sends what stands below it, and keeps what stands above."""
    plan = written("Ask Bob.\n#reply\nHello Carla.", INTERNAL)
    (letter,) = (one for one in plan.notices if one.kind in FOR_CUSTOMERS)
    assert (letter.kind, letter.article and letter.article.text) == (NoticeKind.REPLY, "Hello Carla.")
    assert [(one.kind, one.text) for one in articles(plan)] == [
        (ArticleKind.PUBLIC, "Hello Carla."),
        (ArticleKind.NOTE, "Ask Bob."),
    ]


def test_a_command_below_the_text_sends_nothing() -> None:
    """Neither the words nor the line reach the customer; the agent hears what would be right."""
    plan = written("Hello,\n#solved\n")
    assert plan.disposition is Disposition.REFUSED
    (told,) = plan.notices
    assert (told.kind, told.recipient.address) == (NoticeKind.COMMANDS_REFUSED, ANNA.address)
    assert told.values["problems"] == ["#solved stands below your text: commands stand on the first lines, before it"]


@pytest.mark.parametrize("to", [ABOUT_WORK, INTERNAL])
def test_a_refused_mail_is_sent_again_as_it_was_meant(to: Address) -> None:
    """Whoever corrects what was to be a note and answers the refusal writes a note."""
    (refusal,) = written("#slove\nShe is difficult.", to).notices
    assert refusal.kind is NoticeKind.COMMANDS_REFUSED
    again = written("#solved\nShe is difficult.", token(refusal.bound_to))
    kept_inside = articles(again)[0].kind is ArticleKind.NOTE
    assert kept_inside is (to is INTERNAL)
