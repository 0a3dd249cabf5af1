"""A mail about a new matter: routed, turned away by a rule or opened as a ticket, its writer and its workers told."""

from dataclasses import replace

from mailgateway.desk import notices
from mailgateway.desk.facts import Facts
from mailgateway.desk.incoming import Incoming, article_of, message_id_reused, newcomers
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.plan import AddArticle, Change, Disposition, OpenTicket, Plan, RecordEvent
from mailgateway.desk.policy import MailboxPolicy, Policy
from mailgateway.desk.route import Route, route
from mailgateway.desk.thread import Thread, without_numbers, writer
from mailgateway.desk.trust import claimed_agent
from mailgateway.rules.schema import Question

_SUBJECT_LENGTH = 500


def open_ticket(incoming: Incoming, related: Thread | None, facts: Facts, policy: Policy) -> Plan:
    """Open a ticket, unless a rule says otherwise. `related` is one that the mail names and may not join."""
    mailbox = policy.mailbox(incoming.mailbox)
    question = Question(incoming.mail, incoming.verdict.kind, incoming.mailbox, incoming.reply.text)
    chosen = route(policy.ruleset, question, mailbox)
    actor = writer(incoming.mail, policy).address or "unknown"
    if chosen.discard:
        return Plan(facts.now, actor, Disposition.DISCARDED, f"rule {chosen.discard}")
    if chosen.quarantine and not incoming.released:
        return Plan(facts.now, actor, Disposition.QUARANTINED, f"rule {chosen.quarantine}")
    ticket = _ticket(incoming, chosen, mailbox, facts, policy)
    article = article_of(incoming, ticket.requester, facts)
    receipt = notices.acknowledgement(incoming.mail, article, ticket, mailbox)
    silence = notices.why_unanswered(receipt, incoming.verdict, facts, policy)
    opening: tuple[Change, ...] = (OpenTicket(ticket, chosen.trace), AddArticle(article))
    told = notices.agent_notification(
        article, ticket, policy, except_for=ticket.requester.address, rules=chosen.matched
    )
    return Plan(
        at=facts.now,
        actor=actor,
        disposition=Disposition.OPENED,
        reason=f"a new matter in {mailbox.name}",
        changes=(*opening, *_remarks(incoming, related, silence, policy), *message_id_reused(facts)),
        notices=told if silence else (receipt, *told),
    )


def _ticket(incoming: Incoming, chosen: Route, mailbox: MailboxPolicy, facts: Facts, policy: Policy) -> Ticket:
    mail = incoming.mail
    ticket = Ticket(
        number=0,
        subject=without_numbers(mail.subject)[:_SUBJECT_LENGTH],
        status=Status.NEW,
        type=chosen.type,
        priority=chosen.priority,
        group=chosen.group,
        assignee=chosen.assignee,
        requester=writer(mail, policy),
        mailbox=mailbox.name,
        language=chosen.language,
        created_at=facts.now,
        updated_at=facts.now,
        tags=chosen.tags,
    )
    return replace(ticket, participants=newcomers((*mail.to, *mail.cc), ticket, policy))


def _remarks(incoming: Incoming, related: Thread | None, silence: str, policy: Policy) -> tuple[Change, ...]:
    """Record what somebody who looks at the ticket may wonder about."""
    remarks: list[Change] = []
    if related is not None:
        number = str(related.candidate.ticket.number)
        remarks.append(RecordEvent("related", {"ticket": number, "named_by": related.evidence.value}))
        agent = claimed_agent(incoming.mail, policy)
        if agent is not None:
            remarks.append(RecordEvent("agent_not_proven", {"agent": agent.name}))
    if silence:
        remarks.append(RecordEvent("not_acknowledged", {"why": silence}))
    return tuple(remarks)
