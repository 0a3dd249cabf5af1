"""Who is told what: each function makes the notices of one event."""

from collections.abc import Sequence

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.model import Agent, Article, Status, Ticket
from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind
from mailgateway.desk.policy import MailboxPolicy, Policy
from mailgateway.desk.thread import bound_to_agent
from mailgateway.mail.model import Address, Mail

_QUOTED_BACK = 20_000


def acknowledgement(mail: Mail, article: Article, ticket: Ticket, mailbox: MailboxPolicy) -> Notice:
    """Tell the requester that the matter is registered, and under which number."""
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
    )


def agent_notification(
    article: Article | None,
    ticket: Ticket,
    policy: Policy,
    *,
    except_for: str,
    references: Sequence[str] = (),
    by: str = "",
) -> tuple[Notice, ...]:
    """Hand a ticket to those who shall work on it: its assignee, or else everybody in its group.

    `by` is the display name of the agent who handed it over, empty for a new ticket.
    """
    known = tuple(references) or _own_id(article)
    return tuple(
        _to_agent(NoticeKind.AGENT_NOTIFICATION, person, bound_to, article, ticket, policy, known, by)
        for person, bound_to in _workers(ticket, policy, except_for)
    )


def agent_follow_up(article: Article, ticket: Ticket, candidate: Candidate, policy: Policy) -> tuple[Notice, ...]:
    """Tell those who work on a ticket that somebody wrote to it again."""
    known = (*candidate.public_ids, *_own_id(article))
    return tuple(
        _to_agent(NoticeKind.AGENT_FOLLOW_UP, person, bound_to, article, ticket, policy, known, "")
        for person, bound_to in _workers(ticket, policy, except_for=article.sender.address)
    )


def reply(article: Article, display: str, ticket: Ticket, candidate: Candidate, policy: Policy) -> tuple[Notice, ...]:
    """Pass an agent's answer on to the requester and every participant, in the agent's display name."""
    mailbox = policy.mailbox(ticket.mailbox)
    return tuple(
        Notice(
            kind=NoticeKind.REPLY,
            audience=Audience.CUSTOMER,
            recipient=person,
            sender=Address(display, mailbox.address),
            language=ticket.language,
            automatic=Automatic.NO,
            ticket=ticket,
            article=article,
            bound_to=person.key,
            in_reply_to=candidate.public_ids[-1] if candidate.public_ids else "",
            references=candidate.public_ids,
        )
        for person in (ticket.requester, *ticket.participants)
        if "@" in person.address
    )


def status_changed(ticket: Ticket, before: Status, candidate: Candidate, policy: Policy) -> tuple[Notice, ...]:
    """Tell the requester where their ticket stands now."""
    if "@" not in ticket.requester.address:
        return ()
    notice = Notice(
        kind=NoticeKind.STATUS_CHANGED,
        audience=Audience.CUSTOMER,
        recipient=ticket.requester,
        sender=_desk(policy.mailbox(ticket.mailbox)),
        language=ticket.language,
        automatic=Automatic.GENERATED,
        ticket=ticket,
        bound_to=ticket.requester.key,
        in_reply_to=candidate.public_ids[-1] if candidate.public_ids else "",
        references=candidate.public_ids,
        values={"before": before.value},
    )
    return (notice,)


def rejected(mail: Mail, recipient: Address, mailbox: MailboxPolicy, reason: str) -> Notice:
    """Tell the sender why their mail could not be taken as it is."""
    return Notice(
        kind=NoticeKind.REJECTED,
        audience=Audience.CUSTOMER,
        recipient=recipient,
        sender=_desk(mailbox),
        language=mailbox.default.language,
        automatic=Automatic.REPLIED,
        in_reply_to=mail.message_id or "",
        references=(mail.message_id,) if mail.message_id else (),
        values={"reason": reason, "subject": mail.subject},
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
        references=(mail.message_id,) if mail.message_id else (),
        values={"problems": list(problems), "commands": list(commands), "original": mail.text[:_QUOTED_BACK]},
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


def within_budget(notice: Notice, facts: Facts, policy: Policy) -> bool:
    """Tell whether one more automatic mail may go to this recipient within the hour, and goes anywhere at all."""
    key = notice.recipient.key
    return "@" in key and facts.automatic_mails.get(key, 0) < policy.automatic_mails_per_hour


def _workers(ticket: Ticket, policy: Policy, except_for: str) -> tuple[tuple[Address, str], ...]:
    """Return who works on a ticket, each with whom their reply address is signed for."""
    assignee = policy.directory.agent(ticket.assignee) if ticket.assignee else None
    group = policy.directory.group(ticket.group)
    names = (assignee.name,) if assignee else group.members if group else ()
    agents = [agent for name in names if (agent := policy.directory.agent(name)) is not None]
    found = [
        (Address(agent.display, agent.address), bound_to_agent(agent))
        for agent in agents
        if except_for.casefold() not in agent.addresses
    ]
    if assignee is None and group is not None and group.address:
        found.append((Address(group.display, group.address), f"group:{group.name}"))
    return tuple(found)


def _to_agent(  # noqa: PLR0913, PLR0917 - two kinds of one notice, private to this file
    kind: NoticeKind,
    person: Address,
    bound_to: str,
    article: Article | None,
    ticket: Ticket,
    policy: Policy,
    references: Sequence[str],
    by: str,
) -> Notice:
    mailbox = policy.mailbox(ticket.mailbox)
    return Notice(
        kind=kind,
        audience=Audience.AGENT,
        recipient=person,
        sender=_desk(mailbox),
        language=mailbox.default.language,
        automatic=Automatic.GENERATED,
        ticket=ticket,
        article=article,
        bound_to=bound_to,
        in_reply_to=references[-1] if references else "",
        references=tuple(references),
        values={"by": by},
    )


def _desk(mailbox: MailboxPolicy) -> Address:
    return Address(mailbox.display, mailbox.address)


def _own_id(article: Article | None) -> tuple[str, ...]:
    return (article.message_id,) if article is not None and article.message_id else ()
