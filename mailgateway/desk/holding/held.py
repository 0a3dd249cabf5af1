"""An answer to an outdated state of its ticket is held: nothing of it happens before its writer decides."""

from collections.abc import Sequence
from dataclasses import replace

from mailgateway.desk.agents.mail import AgentMail
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.facts import Course, Entry
from mailgateway.desk.holding.changes import HeldEnd, HoldAnswer, HoldOn, ReleaseAnswer
from mailgateway.desk.holding.meanwhile import TELLS_NOTHING
from mailgateway.desk.holding.question import question
from mailgateway.desk.incoming import Incoming, files_of
from mailgateway.desk.letters import notices
from mailgateway.desk.model import Agent, Article, ArticleKind, Direction, HeldAnswer, StoredFile, Ticket
from mailgateway.desk.plan import AddArticle, Change, Disposition, Notice, NoticeKind, Plan
from mailgateway.mail.model import Address

HELD_FLAG = "held"
"""What marks the internal article that an answer lies in as long as it is not sent."""


def hold(written: AgentMail, since: Sequence[Entry]) -> Plan:
    """Keep an agent's answer with its ticket, where colleagues see it, and ask them. It replaces one held before."""
    article = _kept(written.incoming, written)
    asked, silence = _asked(written, article, since)
    changes: tuple[Change, ...] = (
        *(ReleaseAnswer(one, HeldEnd.REPLACED) for one in of_agent(written.ticket, written.agent)),
        AddArticle(article),
        HoldAnswer(written.agent.name, written.thread.inside, silence),
    )
    return _planned(written, Disposition.HELD, "an answer to what is out of date by now", changes, asked)


def ask_again(written: AgentMail, held: HeldAnswer, since: Sequence[Entry]) -> Plan:
    """Go on holding an answer that its writer wanted sent, since the ticket went on after they were asked."""
    asked, silence = _asked(written, _kept(written.incoming.held[held.mail], written), since)
    why = "an answer that is held on, since the ticket changed again"
    return _planned(written, Disposition.REFUSED, why, (HoldOn(held, silence),), asked)


def drop(written: AgentMail, held: HeldAnswer) -> Plan:
    """Give up an answer that is held; its words stay inside."""
    given_up = (ReleaseAnswer(held, HeldEnd.DROPPED),)
    return _planned(written, Disposition.FOLLOWED_UP, "orders of an agent", given_up)


def sent(plan: Plan, held: HeldAnswer) -> Plan:
    """Have the plan that sends a held answer say so; others of its writer, as merging leaves them, are held on."""
    rest = tuple(change for change in plan.changes if not isinstance(change, ReleaseAnswer))
    return replace(plan, changes=(*rest, ReleaseAnswer(held, HeldEnd.SENT)))


def of_agent(ticket: Ticket, agent: Agent) -> tuple[HeldAnswer, ...]:
    """Return the agent's own answers that are held with a ticket, oldest first."""
    return tuple(one for one in ticket.held if one.agent == agent.name)


def chosen(ticket: Ticket, agent: Agent, course: Course) -> HeldAnswer | None:
    """Return which held answer a decision is about: the newest, or the one that the answered question asks about."""
    answered = next((letter for letter in course.letters if letter.notice not in TELLS_NOTHING), None)
    asked = answered is not None and answered.notice == NoticeKind.ANSWER_HELD
    own = of_agent(ticket, agent)
    meant = [one for one in own if answered is None or not asked or one.at <= answered.at]
    return max(meant, key=lambda one: one.at, default=None)


def against_deciding(
    orders: Orders, files: Sequence[StoredFile], held: HeldAnswer | None, ticket: Ticket, agent: Agent
) -> str:
    """Return why a held answer cannot be decided about like this, "" where it can."""
    word = f"#{orders.decision}"
    alone = replace(orders, decision=None, note=False) == Orders() and all(file.inline for file in files)
    if not alone:
        return f"{word} stands alone: the answer goes as it was; to change it, write the whole answer without {word}"
    if held is not None:
        return ""
    if of_agent(ticket, agent):
        return f"{word}: the question that you answer is out of date; answer the newest one about this ticket"
    return f"{word}: no answer of yours is held here; it was sent, given up or replaced"


def _planned(
    written: AgentMail,
    disposition: Disposition,
    reason: str,
    changes: tuple[Change, ...],
    told: tuple[Notice, ...] = (),
) -> Plan:
    return Plan(
        at=written.facts.now,
        actor=written.agent.name,
        disposition=disposition,
        reason=reason,
        ticket=written.ticket.number,
        changes=changes,
        notices=told,
        is_quiet=True,
    )


def _asked(written: AgentMail, article: Article, since: Sequence[Entry]) -> tuple[tuple[Notice, ...], str]:
    """Return the question to the writer of an answer, or why they are not asked."""
    incoming, policy = written.incoming, written.policy
    notice = question(article, written.agent, written.ticket, since, incoming.mail, policy)
    silence = notices.why_unanswered(notice, incoming.verdict, written.facts, policy)
    return () if silence else (notice,), silence


def _kept(answer: Incoming, written: AgentMail) -> Article:
    return Article(
        kind=ArticleKind.NOTE,
        direction=Direction.IN,
        sender=Address(written.agent.display, written.agent.address),
        at=written.facts.now,
        text=answer.reply.text,
        full_text=answer.mail.text,
        message_id=answer.mail.message_id,
        attachments=files_of(answer.mail),
        flags=(HELD_FLAG,),
    )
