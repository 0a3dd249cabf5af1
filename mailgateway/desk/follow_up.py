"""A mail that joins a ticket: somebody who takes part wrote again, or a machine answered."""

from collections.abc import Iterator

from mailgateway.desk import lifecycle
from mailgateway.desk.after import after
from mailgateway.desk.answers.changes import JudgeAnswer
from mailgateway.desk.answers.helped import said_of
from mailgateway.desk.answers.knowledge import AnswerOutcome
from mailgateway.desk.facts import Evidence, Facts
from mailgateway.desk.incoming import Incoming, article_of, message_id_reused, newcomers
from mailgateway.desk.letters import news, notices
from mailgateway.desk.letters.welcome import Welcome, welcome
from mailgateway.desk.model import Article, Status, Ticket, TicketType
from mailgateway.desk.plan import (
    AddArticle,
    AddParticipants,
    Change,
    Disposition,
    Plan,
    RecordEvent,
    SetStatus,
    Snooze,
)
from mailgateway.desk.policy import Policy
from mailgateway.desk.routing.forwarding import forward
from mailgateway.desk.routing.refine import Refined, refine
from mailgateway.desk.threads.joining import joined
from mailgateway.desk.threads.naming import named_by
from mailgateway.desk.threads.thread import Thread, writer
from mailgateway.mail.model import Address, Kind, Mail, Verdict

_LONGEST_DETAIL = 500
_EVENTS = {Kind.BOUNCE: "undelivered", Kind.DELIVERY_DELAY: "delivery_delayed"}


def follow_up(incoming: Incoming, thread: Thread, facts: Facts, policy: Policy) -> Plan:
    """Add a person's mail to its ticket, wake the ticket, let the addressed take part, and tell who works on it.

    Whoever came by with a reply address signed for somebody else may add to the ticket and nothing more.
    """
    ticket = thread.candidate.ticket
    author = _author(incoming.mail, ticket, policy)
    takes_part = ticket.has_participant(author.address)
    article = article_of(incoming, author, facts, () if takes_part else ("other_sender",))
    people = newcomers((*incoming.mail.to, *incoming.mail.cc), ticket, policy) if takes_part else ()
    brought = tuple(_brought(incoming, thread, author, article, people, facts))
    woken = after(ticket, brought, facts.now)
    ruled = refine(incoming, ticket, woken, facts, policy) if takes_part else Refined()
    changed = after(woken, ruled.changes, facts.now)
    # That it goes on is news where it seemed to be over; else nobody is told of what they did themselves.
    goes_on = ticket.status in lifecycle.DONE and woken.status is Status.OPEN
    heard = ticket if goes_on and incoming.verdict.answerable else woken
    joining = welcome(people, changed, thread.candidate, facts, policy) if incoming.verdict.answerable else Welcome()
    passed_on = forward(ruled.forward, incoming, article, changed, facts, policy)
    return Plan(
        at=facts.now,
        actor=author.address or "unknown",
        disposition=Disposition.FOLLOWED_UP,
        reason=f"by {thread.evidence.value}",
        ticket=ticket.number,
        changes=(
            *brought,
            *ruled.changes,
            *passed_on.changes,
            joined(incoming, thread, policy),
            *named_by(incoming.keys, facts, ticket.number),
            *message_id_reused(facts),
        ),
        notices=(
            *notices.agent_follow_up(article, changed, thread.candidate, policy),
            *news.of_status(heard, changed, thread.candidate, facts, policy),
            *joining.notices,
            *passed_on.notices,
        ),
        waits_for=ruled.waits_for,
        asks_about=(*passed_on.asks_about, *joining.asks_about),
    )


def _brought(
    incoming: Incoming, thread: Thread, author: Address, article: Article, people: tuple[Address, ...], facts: Facts
) -> Iterator[Change]:
    """Give what the mail itself changes, before a rule is asked; `people` come with it."""
    ticket = thread.candidate.ticket
    yield AddArticle(article)
    judged = _judged(incoming, thread, author, facts)
    if judged is not None:
        yield judged
    status = _status(incoming, thread, author, judged)
    if status is not ticket.status:
        yield SetStatus(ticket.status, status)
    if ticket.snoozed_until is not None:
        yield Snooze(ticket.snoozed_until, None)
    if people:
        yield AddParticipants(people)


def _judged(incoming: Incoming, thread: Thread, author: Address, facts: Facts) -> JudgeAnswer | None:
    """Return what the requester says of the answer they were sent; the reply address they were given proves them."""
    ticket = thread.candidate.ticket
    name = facts.awaited.get(ticket.number)
    is_requester = author.key == ticket.requester.key and thread.evidence is Evidence.TOKEN
    if name is None or not is_requester:
        return None
    outcome = said_of(incoming.reply.text, ticket.language, f"{author.name} {ticket.requester.name}")
    return None if outcome is None else JudgeAnswer(name, outcome)


def _status(incoming: Incoming, thread: Thread, author: Address, judged: JudgeAnswer | None) -> Status:
    before = thread.candidate.ticket.status
    if _confirms(incoming, thread, author):
        return Status.CLOSED
    # one of many who wait for a problem speaks for themselves alone
    is_waited_for = thread.candidate.ticket.type is TicketType.PROBLEM and before not in lifecycle.DONE
    if judged is None or is_waited_for:
        return lifecycle.after_follow_up(before)
    return lifecycle.after_judgement(before, judged.outcome)


def _confirms(incoming: Incoming, thread: Thread, author: Address) -> bool:
    """Tell whether the requester of a solved ticket says that it is, and nothing else: then it is closed."""
    ticket = thread.candidate.ticket
    if ticket.status is not Status.SOLVED or thread.evidence is not Evidence.TOKEN:
        return False
    if author.key != ticket.requester.key:
        return False
    said = said_of(incoming.reply.text, ticket.language, f"{author.name} {ticket.requester.name}")
    return said is AnswerOutcome.HELPED


def record_machine(incoming: Incoming, thread: Thread, facts: Facts, policy: Policy) -> Plan:
    """Keep a machine's mail with its ticket, and nothing else: no status moves, nobody is told."""
    ticket = thread.candidate.ticket
    author = _author(incoming.mail, ticket, policy)
    return Plan(
        at=facts.now,
        actor=author.address or "unknown",
        disposition=Disposition.RECORDED,
        reason=f"by {thread.evidence.value}",
        ticket=ticket.number,
        changes=(
            AddArticle(article_of(incoming, author, facts)),
            joined(incoming, thread, policy),
            _machine_event(incoming.verdict),
            *message_id_reused(facts),
        ),
        is_quiet=True,
    )


def _author(mail: Mail, ticket: Ticket, policy: Policy) -> Address:
    """Return the sender where they take part, whoever shall get the answer; else who wants it."""
    if mail.sender is not None and ticket.has_participant(mail.sender.address):
        return mail.sender
    return writer(mail, policy)


def _machine_event(verdict: Verdict) -> RecordEvent:
    bounce = verdict.bounce
    detail = {"kind": verdict.kind.value}
    if bounce is not None:
        detail |= {"recipient": bounce.recipient, "status": bounce.status, "diagnostic": bounce.diagnostic}
    shortened = {name: value[:_LONGEST_DETAIL] for name, value in detail.items()}
    return RecordEvent(_EVENTS.get(verdict.kind, "machine_mail"), shortened)
