"""What becomes of a ticket when an agent orders it, by mail or on the command line."""

from collections.abc import Sequence
from dataclasses import replace

from mailgateway.desk import lifecycle
from mailgateway.desk.after import after as changed
from mailgateway.desk.agents.attributes import attributes
from mailgateway.desk.agents.orders import Orders, people_named
from mailgateway.desk.answers.answering import inserted, kept_inside
from mailgateway.desk.answers.changes import InsertAnswer
from mailgateway.desk.customers.correcting import corrected
from mailgateway.desk.customers.counting import SpendTime
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.handovers.answering import ended_by, resolved
from mailgateway.desk.handovers.offering import offered
from mailgateway.desk.holding.changes import HeldEnd, ReleaseAnswer
from mailgateway.desk.incoming import newcomers
from mailgateway.desk.letters import news, notices
from mailgateway.desk.letters.reply import readers, reply
from mailgateway.desk.letters.welcome import welcome
from mailgateway.desk.model import Agent, Article, ArticleKind, Direction, Directory, StoredFile, Ticket
from mailgateway.desk.plan import (
    AddArticle,
    AddParticipants,
    Assign,
    Change,
    ChangeTags,
    Disposition,
    MoveToGroup,
    Notice,
    NoticeKind,
    Plan,
    RecordEvent,
    SetCi,
    SetPriority,
    SetStatus,
    SetType,
    Snooze,
)
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.declaring import declaring
from mailgateway.desk.problems.incidents import informing, linking
from mailgateway.desk.threads.merging import merging
from mailgateway.desk.timed.snooze import until
from mailgateway.mail.content.pictures import label
from mailgateway.mail.model import Address, Mail


def act(
    orders: Orders,
    agent: Agent,
    candidate: Candidate,
    facts: Facts,
    policy: Policy,
    files: Sequence[StoredFile] = (),
    mail: Mail | None = None,
) -> Plan:
    """Carry out an agent's orders. Text goes to the customer unless it is a note; nothing empty is ever sent."""
    orders = resolved(orders, agent, candidate.ticket, policy)
    further = (*corrected(orders, candidate.ticket, policy), *attributes(orders, candidate.ticket))
    before = changed(candidate.ticket, further, facts.now)
    taken = inserted(orders, before, policy)
    orders = replace(orders, text="\n\n".join(part for part in (*(one.text for one in taken), orders.text) if part))
    inside = tuple(file for file in files if _is_within(orders.beside, file) and not _is_within(orders.text, file))
    article = _article(orders, agent, facts, [file for file in files if file not in inside], mail)
    after = _ordered(orders, before, policy, by=agent.name if _is_answer(article) else "")
    if orders.snooze is not None:
        after = replace(after, snoozed_until=until(orders.snooze, facts.now, policy.ruleset.timezone))
    to_customers = _to_customers(before, after, article, agent, candidate, facts, _addressing(orders, policy))
    merged = merging(orders, agent, after, candidate, facts, policy)
    changes = (
        *((AddArticle(article),) if article else ()),
        *((AddArticle(_note_beside(orders, agent, facts, inside)),) if orders.beside else ()),
        *(InsertAnswer(one.name, one.language, one.version) for one in taken),
        *further,
        *_changes(before, after),
        *linking(orders, candidate, facts),
        *declaring(orders, candidate, facts, policy),
        *((SpendTime(orders.minutes),) if orders.minutes else ()),
        *merged.changes,
        *informing(before, after, answered=_is_answer(article)),
        *(_replacing(before, agent) if _is_answer(article) else ()),
        *_remarks(article, to_customers),
    )
    plan = Plan(
        at=facts.now,
        actor=agent.name,
        disposition=Disposition.FOLLOWED_UP,
        reason="orders of an agent",
        ticket=before.number,
        changes=changes,
        notices=(*to_customers, *_to_workers(before, after, article, agent, candidate, policy), *merged.notices),
        asks_about=tuple(one.key for one in people_named(orders) if one.key not in facts.automatic_mails),
    )
    plan = offered(plan, candidate, policy, ended_by(orders))
    return plan if plan.changes else replace(plan, changes=(RecordEvent("nothing_ordered"),))


def objection(orders: Orders, ticket: Ticket, files: Sequence[StoredFile], policy: Policy) -> str:
    """Return why a mail's orders would not do what its writer believes they do; "" where they will."""
    for_desk = kept_inside(orders, ticket, policy)
    if for_desk:
        return f"#answer {for_desk}: this answer is for the desk alone; begin with #note, or send your own words"
    if not _says_something(orders, files) and orders in (Orders(), Orders(note=True)):
        return "the mail says nothing: there is no text above the quotation, and no command that changes anything"
    if is_answer(orders, files):
        people = (*ticket.participants, *orders.participants)
        listening = replace(ticket, requester=orders.requester or ticket.requester, participants=people)
        if not readers(listening, policy, orders.reply_to or policy.agents.reply_to):
            return "nobody who takes part has an address; name one with #cc ADDRESS, or begin with #note"
    return ""


def is_answer(orders: Orders, files: Sequence[StoredFile]) -> bool:
    """Tell whether orders send something that an agent wrote to those who take part."""
    return not orders.note and _says_something(orders, files)


def _says_something(orders: Orders, files: Sequence[StoredFile]) -> bool:
    """A picture that was pasted is named in the text where it stands; others within a mail are no answer."""
    return bool(orders.text or orders.answers) or any(not file.inline for file in files)


def _article(
    orders: Orders, agent: Agent, facts: Facts, files: Sequence[StoredFile], mail: Mail | None
) -> Article | None:
    if not _says_something(orders, files):
        return None
    return Article(
        kind=ArticleKind.NOTE if orders.note else ArticleKind.PUBLIC,
        direction=Direction.IN if orders.note else Direction.OUT,
        sender=Address(agent.display, agent.address),
        at=facts.now,
        text=orders.text,
        full_text=mail.text if mail else orders.text,
        message_id=mail.message_id if mail else None,
        attachments=tuple(files),
    )


def _is_within(text: str, file: StoredFile) -> bool:
    """Tell whether a file is a picture that a text shows."""
    return file.inline and label(file.filename) in text


def _note_beside(orders: Orders, agent: Agent, facts: Facts, pictures: tuple[StoredFile, ...]) -> Article:
    return Article(
        kind=ArticleKind.NOTE,
        direction=Direction.IN,
        sender=Address(agent.display, agent.address),
        at=facts.now,
        text=orders.beside,
        full_text=orders.beside,
        attachments=pictures,
    )


def _is_answer(article: Article | None) -> bool:
    return article is not None and article.kind is ArticleKind.PUBLIC


def _replacing(ticket: Ticket, agent: Agent) -> tuple[Change, ...]:
    """What an agent sends stands in the place of what they wrote before and was held."""
    return tuple(ReleaseAnswer(one, HeldEnd.REPLACED) for one in ticket.held if one.agent == agent.name)


def _addressing(orders: Orders, policy: Policy) -> Policy:
    """Return the policy with the readers that an agent asked for this once."""
    if orders.reply_to is None:
        return policy
    return replace(policy, agents=replace(policy.agents, reply_to=orders.reply_to))


def _ordered(orders: Orders, ticket: Ticket, policy: Policy, *, by: str) -> Ticket:
    """Return the ticket as ordered; `by` is who answered, "" for nobody."""
    reopens = policy.agents.reopen_on_answer
    status = lifecycle.after_answer(ticket.status, reopens=reopens) if by else ticket.status
    removed = {tag.casefold() for tag in orders.remove_tags}
    kept = tuple(tag for tag in ticket.tags if tag.casefold() not in removed)
    known = {tag.casefold() for tag in kept}
    added = tuple(tag for tag in dict.fromkeys(orders.add_tags) if tag.casefold() not in known)
    return replace(
        ticket,
        status=orders.status or status,
        assignee=_owner(orders, ticket, policy, by),
        group=orders.group or ticket.group,
        priority=orders.priority or ticket.priority,
        type=orders.type or ticket.type,
        ci=ticket.ci if orders.ci is None else orders.ci or None,
        tags=(*kept, *added),
        participants=(*ticket.participants, *newcomers(orders.participants, ticket, policy)),
    )


def _owner(orders: Orders, ticket: Ticket, policy: Policy, by: str) -> str | None:
    """Who answers what nobody has may become its owner by that; an order goes before."""
    takes = by and policy.agents.own_on_reply and policy.directory.agent(by) is not None
    if takes and ticket.assignee is None and orders.assign is None and orders.group is None:
        return by
    return _assignee(orders, ticket, policy.directory)


def _assignee(orders: Orders, ticket: Ticket, directory: Directory) -> str | None:
    if orders.assign is not None:
        return orders.assign or None
    if orders.group is None or orders.group == ticket.group:
        return ticket.assignee
    group = directory.group(orders.group)
    # Handed to a team that the assignee is not in: the ticket is that team's to take.
    return ticket.assignee if group is not None and ticket.assignee in group.members else None


def _changes(before: Ticket, after: Ticket) -> tuple[Change, ...]:
    added = tuple(tag for tag in after.tags if tag not in before.tags)
    removed = tuple(tag for tag in before.tags if tag not in after.tags)
    people = after.participants[len(before.participants) :]
    wanted: tuple[tuple[bool, Change], ...] = (
        (before.status is not after.status, SetStatus(before.status, after.status)),
        (before.group != after.group, MoveToGroup(before.group, after.group)),
        (before.assignee != after.assignee, Assign(before.assignee, after.assignee)),
        (before.priority is not after.priority, SetPriority(before.priority, after.priority)),
        (before.type is not after.type, SetType(before.type, after.type)),
        (before.ci != after.ci, SetCi(before.ci, after.ci)),
        (bool(added or removed), ChangeTags(added, removed)),
        (bool(people), AddParticipants(people)),
        (before.snoozed_until != after.snoozed_until, Snooze(before.snoozed_until, after.snoozed_until)),
    )
    return tuple(change for is_wanted, change in wanted if is_wanted)


def _remarks(article: Article | None, to_customers: tuple[Notice, ...]) -> tuple[Change, ...]:
    if not _is_answer(article):
        return ()
    unreached = [str(one.values["address"]) for one in to_customers if one.kind is NoticeKind.UNDELIVERED]
    if unreached:
        why = f"mails to {', '.join(unreached)} came back before; see mailgateway suppressions list"
        return (RecordEvent("not_sent", {"why": why}),)
    if not to_customers:
        return (RecordEvent("not_sent", {"why": "nobody else who takes part has an address"}),)
    return ()


def _to_customers(
    before: Ticket,
    after: Ticket,
    article: Article | None,
    agent: Agent,
    candidate: Candidate,
    facts: Facts,
    policy: Policy,
) -> tuple[Notice, ...]:
    """A status is told within the answer where there is one; nobody is told of what they did themselves."""
    if article is not None and _is_answer(article):
        letters = _answers(article, agent, after, candidate, facts, policy)
        return tuple(news.since(one, news.standing(before), policy) or one for one in letters)
    joining = welcome(_newcomers(before, after, candidate.ticket), after, candidate, facts, policy).notices
    if after.requester.key in agent.addresses:
        return joining
    return (*news.of_status(before, after, candidate, facts, policy), *joining)


def _newcomers(before: Ticket, after: Ticket, known: Ticket) -> tuple[Address, ...]:
    """Return who takes part now; `known` is the ticket as it was before its requester was set right."""
    added = after.participants[len(before.participants) :]
    is_new = after.requester != known.requester and not known.has_participant(after.requester.address)
    return (after.requester, *added) if is_new else added


def _answers(
    article: Article, agent: Agent, after: Ticket, candidate: Candidate, facts: Facts, policy: Policy
) -> tuple[Notice, ...]:
    """Send the answer to everybody who can be reached; of those who cannot the agent is told."""
    letters = reply(article, agent, after, candidate, policy, policy.agents.reply_to)
    closed = [known for letter in letters if (known := facts.suppressed.get(letter.recipient.key))]
    told = [
        notice
        for known in closed
        for notice in notices.undelivered(known.address, known.reason, candidate, policy, only=agent)
    ]
    return (*(one for one in letters if one.recipient.key not in facts.suppressed), *told)


def _to_workers(
    before: Ticket, after: Ticket, article: Article | None, agent: Agent, candidate: Candidate, policy: Policy
) -> tuple[Notice, ...]:
    """Whoever the ticket is handed to gets it, with the note that came along; who takes it hands nothing."""
    taken = after.assignee == agent.name and before.group == after.group
    if taken or (before.group, before.assignee) == (after.group, after.assignee):
        return ()
    return notices.agent_notification(
        None if _is_answer(article) else article,
        after,
        policy,
        except_for=agent.address,
        references=candidate.public_ids,
        by=agent.display,
    )
