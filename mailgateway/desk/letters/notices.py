"""Who is told what: each function makes the notices of one event."""

from collections.abc import Sequence
from dataclasses import replace

from mailgateway.desk.answers.knowledge import Answer
from mailgateway.desk.customers.links import STATUS_MAILS
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.letters.workers import as_worker, workers
from mailgateway.desk.model import Agent, Article, Status, Ticket
from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind
from mailgateway.desk.policy import MailboxPolicy, Policy
from mailgateway.desk.threads.thread import bound_to_agent, for_notes
from mailgateway.mail.model import Address, Mail, Verdict

ENOUGH = "the address had enough automatic mails within the hour"
_QUOTED_BACK = 20_000


def acknowledgement(
    mail: Mail,
    article: Article,
    ticket: Ticket,
    mailbox: MailboxPolicy,
    template: str = "",
    answer: Answer | None = None,
) -> Notice:
    """Tell the requester that the matter is registered, under which number, and what may help already."""
    return Notice(
        kind=NoticeKind.ACKNOWLEDGEMENT,
        audience=Audience.CUSTOMER,
        recipient=ticket.requester,
        sender=_desk(mailbox),
        language=ticket.language,
        automatic=Automatic.REPLIED,
        ticket=ticket,
        article=article,
        bound_to=ticket.requester.key,
        in_reply_to=mail.message_id or "",
        references=(*mail.references, *_own_id(article)),
        template=template,
        values={} if answer is None else {"answer": answer},
    )


def agent_notification(
    article: Article | None,
    ticket: Ticket,
    policy: Policy,
    *,
    except_for: str,
    references: Sequence[str] = (),
    by: str = "",
    rules: Sequence[str] = (),
) -> tuple[Notice, ...]:
    """Hand a ticket to those who shall work on it: its assignee, or else everybody in its group.

    `except_for` is the address of who caused it; `by` the display name of the agent who handed it over, empty for a new
    ticket; `rules` names the rules that sent it here.
    """
    known = tuple(references) or _own_id(article)
    handed = to_worker(NoticeKind.AGENT_NOTIFICATION, article, ticket, policy, known)
    return tuple(
        replace(
            handed, recipient=worker.address, bound_to=worker.bound_to, values={"by": by, "rules": ", ".join(rules)}
        )
        for worker in workers(ticket, policy, except_for)
    )


def agent_follow_up(article: Article, ticket: Ticket, candidate: Candidate, policy: Policy) -> tuple[Notice, ...]:
    """Tell those who work on a ticket that somebody wrote to it again."""
    known = (*candidate.public_ids, *_own_id(article))
    told = to_worker(NoticeKind.AGENT_FOLLOW_UP, article, ticket, policy, known)
    return tuple(
        replace(told, recipient=worker.address, bound_to=worker.bound_to)
        for worker in workers(ticket, policy, except_for=article.sender.address)
    )


def status_changed(ticket: Ticket, before: Status, candidate: Candidate, policy: Policy) -> Notice:
    """Tell the requester where their ticket stands now."""
    return Notice(
        kind=NoticeKind.STATUS_CHANGED,
        audience=Audience.CUSTOMER,
        recipient=ticket.requester,
        sender=_desk(policy.mailbox(ticket.mailbox)),
        language=ticket.language,
        automatic=Automatic.GENERATED,
        ticket=ticket,
        bound_to=ticket.requester.key,
        in_reply_to=last_of(candidate.public_ids),
        references=candidate.public_ids,
        values={"before": before.value},
    )


def merged(ticket: Ticket, survivor: Ticket, candidate: Candidate, policy: Policy) -> Notice:
    """Tell the requester of a ticket that their matter goes on under the number of another, in words they know."""
    return Notice(
        kind=NoticeKind.MERGED,
        audience=Audience.CUSTOMER,
        recipient=ticket.requester,
        sender=_desk(policy.mailbox(ticket.mailbox)),
        language=ticket.language,
        automatic=Automatic.GENERATED,
        ticket=replace(survivor, subject=ticket.subject),
        bound_to=ticket.requester.key,
        in_reply_to=last_of(candidate.public_ids),
        references=candidate.public_ids,
        values={"before": ticket.number},
    )


def reminder(candidate: Candidate, policy: Policy) -> Notice:
    """Remind the requester that their answer is waited for."""
    return replace(
        status_changed(candidate.ticket, candidate.ticket.status, candidate, policy),
        kind=NoticeKind.REMINDER,
        values={},
    )


def agent_reminder(ticket: Ticket, candidate: Candidate, policy: Policy) -> tuple[Notice, ...]:
    """Tell those who work on a ticket that the time it was put aside for is over."""
    told = to_worker(NoticeKind.AGENT_REMINDER, None, ticket, policy, candidate.public_ids)
    return tuple(
        replace(told, recipient=worker.address, bound_to=for_notes(worker.bound_to), values={})
        for worker in workers(ticket, policy, except_for="")
    )


def forwarded(
    incoming: Incoming, article: Article, recipient: Address, ticket: Ticket | None, policy: Policy
) -> Notice:
    """Send a mail on, attached; answers join its ticket or, where it has none, go to who wrote it."""
    mailbox = policy.mailbox(incoming.mailbox)
    return Notice(
        kind=NoticeKind.FORWARDED,
        audience=Audience.CUSTOMER,
        recipient=recipient,
        sender=_desk(mailbox),
        language=mailbox.default.language,
        automatic=Automatic.GENERATED,
        ticket=ticket,
        article=article,
        bound_to=recipient.key if ticket is not None else "",
        references=_own_id(article),
        values={"subject": incoming.mail.subject},
        answers_to=article.sender if ticket is None and "@" in article.sender.address else None,
    )


def rejected(
    mail: Mail,
    recipient: Address,
    mailbox: MailboxPolicy,
    reason: str,
    language: str,
    *,
    template: str = "",
    too_large: int = 0,
) -> Notice:
    """Tell the sender why their mail could not be taken as it is.

    `reason` is said as it stands, unless the mail has too many octets (`too_large`): that is said in the language.
    """
    return Notice(
        kind=NoticeKind.REJECTED,
        audience=Audience.CUSTOMER,
        recipient=recipient,
        sender=_desk(mailbox),
        language=language,
        automatic=Automatic.REPLIED,
        in_reply_to=mail.message_id or "",
        references=(mail.message_id,) if mail.message_id else (),
        values={"reason": reason, "too_large": too_large, "subject": mail.subject},
        template=template,
    )


def commands_refused(
    mail: Mail,
    agent: Agent,
    ticket: Ticket,
    problems: Sequence[str],
    commands: Sequence[tuple[str, str]],
    policy: Policy,
) -> Notice:
    """Give an agent the mail back, with what was wrong and the list of commands."""
    mailbox = policy.mailbox(ticket.mailbox)
    return Notice(
        kind=NoticeKind.COMMANDS_REFUSED,
        audience=Audience.AGENT,
        recipient=Address(agent.display, agent.address),
        sender=_desk(mailbox),
        language=mailbox.default.language,
        automatic=Automatic.REPLIED,
        ticket=ticket,
        bound_to=bound_to_agent(agent),
        in_reply_to=mail.message_id or "",
        references=_own_thread(mail),
        values={"problems": list(problems), "commands": list(commands), "original": mail.text[:_QUOTED_BACK]},
    )


def undelivered(
    address: str,
    reason: str,
    candidate: Candidate,
    policy: Policy,
    *,
    only: Agent | None = None,
    closed: bool = True,
) -> tuple[Notice, ...]:
    """Tell those who work on a ticket (or `only` one agent) that what went out did not reach an address, and why.

    `closed` tells that nothing more is sent to it for a while.
    """
    ticket = candidate.ticket
    told = to_worker(NoticeKind.UNDELIVERED, None, ticket, policy, candidate.public_ids)
    people = workers(ticket, policy, except_for="") if only is None else (as_worker(only),)
    return tuple(
        replace(
            told,
            recipient=worker.address,
            bound_to=for_notes(worker.bound_to),
            values={"address": address, "reason": reason, "closed": closed},
        )
        for worker in people
    )


def alarm(title: str, lines: Sequence[str], policy: Policy) -> Notice:
    """Tell the admin what is wrong with the gateway, or that it is well again."""
    mailbox = policy.mailboxes[0]
    return Notice(
        kind=NoticeKind.ALARM,
        audience=Audience.ADMIN,
        recipient=Address("", policy.admin),
        sender=_desk(mailbox),
        language=mailbox.default.language,
        automatic=Automatic.GENERATED,
        values={"title": title, "lines": list(lines)},
    )


def why_not(notice: Notice, facts: Facts, policy: Policy) -> str:
    """Return why an automatic mail may not go to its recipient (no address, our own, suppressed, enough); or ""."""
    key = notice.recipient.key
    if "@" not in key:
        return "there is no address to write to"
    if policy.is_ours(key):
        return "the address is our own"
    if key in facts.suppressed:
        return f"mails to the address came back: {facts.suppressed[key].reason}"
    number = notice.ticket.number if notice.ticket is not None else 0
    if notice.kind in STATUS_MAILS and {0, number} & facts.unsubscribed.get(key, frozenset()):
        return "they asked for no status mails"
    of_agents = notice.audience is Audience.AGENT
    most = policy.agents.mails_per_hour if of_agents else policy.automatic_mails_per_hour
    if facts.automatic_mails.get(key, 0) >= most and not policy.is_unlimited(key):
        return ENOUGH
    return ""


def why_unanswered(notice: Notice, verdict: Verdict, facts: Facts, policy: Policy) -> str:
    """Return why a mail of this verdict may not be answered with the notice, as `why_not`; "" where it may."""
    if not verdict.answerable:
        return "; ".join(verdict.reasons) or "the mail is not to be answered"
    return why_not(notice, facts, policy)


def is_counted(notice: Notice) -> bool:
    """Tell whether a notice counts as one of the automatic mails that an address may get within the hour.

    What agents and the admin are told of their work does not: it would use up what they may be told of their own mails.
    """
    return notice.automatic is not Automatic.NO and notice.kind not in _WORK


_WORK = frozenset(
    {
        NoticeKind.AGENT_NOTIFICATION,
        NoticeKind.AGENT_FOLLOW_UP,
        NoticeKind.AGENT_REMINDER,
        NoticeKind.ESCALATION,
        NoticeKind.PROBLEM_SUGGESTION,
        NoticeKind.TO_AND_FRO,
        NoticeKind.NOT_ACCEPTED,
        NoticeKind.OFFER_ACCEPTED,
        NoticeKind.UNDELIVERED,
        NoticeKind.FILES_LEFT_OUT,
        NoticeKind.ALARM,
        NoticeKind.QUARANTINE_DIGEST,
        NoticeKind.QUARANTINE_RECEIPT,
        NoticeKind.REPORT,
        NoticeKind.DIGEST,
    }
)


def to_worker(
    kind: NoticeKind, article: Article | None, ticket: Ticket, policy: Policy, known: tuple[str, ...]
) -> Notice:
    """Write to those who work on a ticket; whom exactly is still to be filled in."""
    mailbox = policy.mailbox(ticket.mailbox)
    return Notice(
        kind=kind,
        audience=Audience.AGENT,
        recipient=Address("", ""),
        sender=_desk(mailbox),
        language=mailbox.default.language,
        automatic=Automatic.GENERATED,
        ticket=ticket,
        article=article,
        in_reply_to=last_of(known),
        references=known,
        values={"by": ""},
    )


def _desk(mailbox: MailboxPolicy) -> Address:
    return Address(mailbox.display, mailbox.address)


def _own_id(article: Article | None) -> tuple[str, ...]:
    return (article.message_id,) if article is not None and article.message_id else ()


def _own_thread(mail: Mail) -> tuple[str, ...]:
    """Return the references of an answer to a mail (RFC 5322 section 3.6.4): its own, then its id."""
    known = mail.references or mail.in_reply_to[:1]
    return (*known, mail.message_id) if mail.message_id else tuple(known)


def last_of(ids: Sequence[str]) -> str:
    """Return the id that a letter answers, "" for none."""
    return ids[-1] if ids else ""
