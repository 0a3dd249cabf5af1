"""What becomes of a ticket when an agent orders it, by mail or on the command line."""

from collections.abc import Sequence
from dataclasses import replace

from mailgateway.desk import lifecycle, notices
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.model import (
    Agent,
    Article,
    ArticleKind,
    Direction,
    Directory,
    Status,
    StoredFile,
    Ticket,
)
from mailgateway.desk.orders import Orders
from mailgateway.desk.plan import (
    AddArticle,
    AddParticipants,
    Assign,
    Change,
    ChangeTags,
    Disposition,
    MoveToGroup,
    Notice,
    Plan,
    RecordEvent,
    SetPriority,
    SetStatus,
    SetType,
)
from mailgateway.desk.policy import Policy
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
    before = candidate.ticket
    article = _article(orders, agent, facts, files, mail)
    answered = article is not None and article.kind is ArticleKind.PUBLIC
    after = _ordered(orders, before, policy.directory, answered=answered)
    changes = (*((AddArticle(article),) if article else ()), *_changes(before, after, orders))
    told = _told(before, after, article, agent, candidate, facts, policy)
    return Plan(
        at=facts.now,
        actor=agent.name,
        disposition=Disposition.FOLLOWED_UP,
        reason="orders of an agent",
        ticket=before.number,
        changes=changes or (RecordEvent("nothing_ordered"),),
        notices=told,
    )


def _article(
    orders: Orders, agent: Agent, facts: Facts, files: Sequence[StoredFile], mail: Mail | None
) -> Article | None:
    if not orders.text and not files:
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


def _ordered(orders: Orders, ticket: Ticket, directory: Directory, *, answered: bool) -> Ticket:
    status = lifecycle.after_answer(ticket.status) if answered else ticket.status
    newcomers = tuple(person for person in orders.participants if not ticket.has_participant(person.address))
    kept = tuple(tag for tag in ticket.tags if tag not in orders.remove_tags)
    return replace(
        ticket,
        status=orders.status or status,
        assignee=_assignee(orders, ticket, directory),
        group=orders.group or ticket.group,
        priority=orders.priority or ticket.priority,
        type=orders.type or ticket.type,
        tags=tuple(dict.fromkeys((*kept, *orders.add_tags))),
        participants=(*ticket.participants, *newcomers),
    )


def _assignee(orders: Orders, ticket: Ticket, directory: Directory) -> str | None:
    if orders.assign is not None:
        return orders.assign or None
    group = directory.group(orders.group) if orders.group else None
    # Handed to a team that the assignee is not in: the ticket is that team's to take.
    return None if group is not None and ticket.assignee not in group.members else ticket.assignee


def _changes(before: Ticket, after: Ticket, orders: Orders) -> tuple[Change, ...]:
    newcomers = after.participants[len(before.participants) :]
    added = tuple(tag for tag in after.tags if tag not in before.tags)
    removed = tuple(tag for tag in orders.remove_tags if tag in before.tags and tag not in after.tags)
    wanted: tuple[tuple[bool, Change], ...] = (
        (before.status is not after.status, SetStatus(before.status, after.status)),
        (before.group != after.group, MoveToGroup(before.group, after.group)),
        (before.assignee != after.assignee, Assign(before.assignee, after.assignee)),
        (before.priority is not after.priority, SetPriority(before.priority, after.priority)),
        (before.type is not after.type, SetType(before.type, after.type)),
        (bool(added or removed), ChangeTags(added, removed)),
        (bool(newcomers), AddParticipants(newcomers)),
    )
    return tuple(change for is_wanted, change in wanted if is_wanted)


def _told(
    before: Ticket,
    after: Ticket,
    article: Article | None,
    agent: Agent,
    candidate: Candidate,
    facts: Facts,
    policy: Policy,
) -> tuple[Notice, ...]:
    """A status is told within the answer where there is one: nobody gets two mails for one act."""
    told: list[Notice] = []
    if article is not None and article.kind is ArticleKind.PUBLIC:
        told.extend(notices.reply(article, agent.display, after, candidate, policy))
    elif _is_news(before.status, after.status):
        changed = notices.status_changed(after, before.status, candidate, policy)
        told.extend(notice for notice in changed if notices.within_budget(notice, facts, policy))
    if before.group != after.group or before.assignee != after.assignee:
        note = article if article is not None and article.kind is ArticleKind.NOTE else None
        told.extend(
            notices.agent_notification(
                note,
                after,
                policy,
                except_for=agent.address,
                references=candidate.public_ids,
                by=agent.display,
            )
        )
    return tuple(told)


def _is_news(before: Status, after: Status) -> bool:
    first_look = before is Status.NEW and after is Status.OPEN
    return before is not after and after in lifecycle.TOLD_TO_REQUESTER and not first_look
