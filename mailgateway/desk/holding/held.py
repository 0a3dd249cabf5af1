"""An answer to an outdated state of its ticket is held: nothing of it happens before its writer decides."""

from collections.abc import Sequence
from dataclasses import replace

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.facts import Course, Entry, Facts
from mailgateway.desk.holding.changes import HeldEnd, HoldAnswer, HoldOn, ReleaseAnswer
from mailgateway.desk.holding.meanwhile import TELLS_NOTHING
from mailgateway.desk.holding.question import question
from mailgateway.desk.incoming import Incoming, files_of
from mailgateway.desk.letters import notices
from mailgateway.desk.model import Agent, Article, ArticleKind, Direction, HeldAnswer, StoredFile, Ticket
from mailgateway.desk.plan import AddArticle, Disposition, NoticeKind, Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import Thread
from mailgateway.mail.model import Address

HELD_FLAG = "held"
"""What marks the internal article that an answer lies in as long as it is not sent."""


def hold(
    incoming: Incoming, thread: Thread, agent: Agent, since: Sequence[Entry], facts: Facts, policy: Policy
) -> Plan:
    """Keep an agent's answer with its ticket, where colleagues see it, and ask them. It replaces one held before."""
    ticket = thread.candidate.ticket
    article = _kept(incoming, agent, facts)
    notice = question(article, agent, ticket, since, incoming.mail, policy)
    silence = notices.why_unanswered(notice, incoming.verdict, facts, policy)
    return Plan(
        at=facts.now,
        actor=agent.name,
        disposition=Disposition.HELD,
        reason="an answer to what is out of date by now",
        ticket=ticket.number,
        changes=(
            *(ReleaseAnswer(one, HeldEnd.REPLACED) for one in of_agent(ticket, agent)),
            AddArticle(article),
            HoldAnswer(agent.name, thread.inside, silence),
        ),
        notices=() if silence else (notice,),
        is_quiet=True,
    )


def ask_again(
    incoming: Incoming,
    held: HeldAnswer,
    thread: Thread,
    agent: Agent,
    since: Sequence[Entry],
    facts: Facts,
    policy: Policy,
) -> Plan:
    """Go on holding an answer that its writer wanted sent, since the ticket went on after they were asked."""
    ticket = thread.candidate.ticket
    article = _kept(incoming.held[held.mail], agent, facts)
    notice = question(article, agent, ticket, since, incoming.mail, policy)
    silence = notices.why_unanswered(notice, incoming.verdict, facts, policy)
    return Plan(
        at=facts.now,
        actor=agent.name,
        disposition=Disposition.REFUSED,
        reason="an answer that is held on, since the ticket changed again",
        ticket=ticket.number,
        changes=(HoldOn(held, silence),),
        notices=() if silence else (notice,),
        is_quiet=True,
    )


def drop(held: HeldAnswer, ticket: Ticket, agent: Agent, facts: Facts) -> Plan:
    """Give up an answer that is held; its words stay inside."""
    return Plan(
        at=facts.now,
        actor=agent.name,
        disposition=Disposition.FOLLOWED_UP,
        reason="orders of an agent",
        ticket=ticket.number,
        changes=(ReleaseAnswer(held, HeldEnd.DROPPED),),
        is_quiet=True,
    )


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


def _kept(incoming: Incoming, agent: Agent, facts: Facts) -> Article:
    return Article(
        kind=ArticleKind.NOTE,
        direction=Direction.IN,
        sender=Address(agent.display, agent.address),
        at=facts.now,
        text=incoming.reply.text,
        full_text=incoming.mail.text,
        message_id=incoming.mail.message_id,
        attachments=files_of(incoming.mail),
        flags=(HELD_FLAG,),
    )
