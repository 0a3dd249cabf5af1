"""A plan becomes rows: the one way in which tickets change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import bindparam, insert, update

from mailgateway.desk.model import Article, ArticleKind, Direction, LinkKind, Ticket
from mailgateway.desk.plan import (
    AddArticle,
    AddLink,
    AddParticipants,
    Assign,
    Change,
    ChangeTags,
    ChangeWatchers,
    MarkUndelivered,
    MergeInto,
    MoveToGroup,
    OpenTicket,
    Plan,
    RecordEvent,
    RecordFiring,
    RemoveLink,
    SetAttention,
    SetCi,
    SetFields,
    SetOrganisation,
    SetPriority,
    SetStatus,
    SetType,
    Snooze,
    TakeTurn,
)
from mailgateway.errors import StoreBusy
from mailgateway.store import suppressions
from mailgateway.store.belongings import add_people, add_tags, add_watchers, remove_tags, remove_watchers
from mailgateway.store.engine import Transaction
from mailgateway.store.links import add_link, merge_links, remove_link
from mailgateway.store.lookup import LONGEST_KEY, address_key, lookup_key
from mailgateway.store.spool import Spooled
from mailgateway.store.tables import (
    ArticleRow,
    AttachmentRow,
    EventRow,
    FiringRow,
    MessageIdRow,
    TicketRow,
)
from mailgateway.store.upsert import insert_new
from mailgateway.store.workload import take_turn

_OPEN = insert(TicketRow).returning(TicketRow.number)
_ADD_ARTICLE = insert(ArticleRow).returning(ArticleRow.id)
_ADD_FILES = insert(AttachmentRow)
_TOUCH = update(TicketRow).where(TicketRow.number == bindparam("survivor")).values(updated_at=bindparam("at"))
_ADD_EVENTS = insert(EventRow)
_ADD_IDS = insert_new(MessageIdRow)
_ADD_FIRING = insert(FiringRow)
_COLUMNS = {
    SetStatus: "status",
    SetPriority: "priority",
    SetType: "type",
    MoveToGroup: "group",
    Assign: "assignee",
    SetOrganisation: "organisation",
    SetCi: "ci",
}


_Noted = ChangeWatchers | SetFields | TakeTurn | Snooze | RecordFiring | SetAttention | MarkUndelivered | RecordEvent


@dataclass(slots=True)
class _Ticket:
    """A ticket being changed: what its row was and shall be, and what has happened."""

    tx: Transaction
    plan: Plan
    number: int
    spool_id: int | None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    def replace(self, column: str, before: object, after: object) -> None:
        """Let a column have another value, and say so."""
        self.before.setdefault(column, before)
        self.after[column] = after
        self.tell(column, {"before": before, "after": after})

    def tell(self, what: str, detail: Mapping[str, object], of: int | None = None) -> None:
        """Write down what happened, to this ticket or to another one."""
        event = {"ticket": of or self.number, "at": self.plan.at, "actor": self.plan.actor, "what": what}
        self.events.append({**event, "detail": dict(detail)})

    def tell_both(self, other: int, what: str, detail: Mapping[str, object]) -> None:
        """Write down what happened between this ticket and another one; the other one's is `from` this."""
        self.tell(what, {**detail, "ticket": str(other)})
        self.tell(what, {**detail, "from": str(self.number)}, of=other)


def apply(tx: Transaction, plan: Plan, spooled: Spooled | None) -> int | None:
    """Carry out a plan; return the number of its ticket, None where it has none.

    `spooled` is the mail that caused it. Raises StoreBusy where the ticket is no longer as the plan was made for.
    """
    opening, changes = _opening(plan.changes)
    suppressions.keep(tx, plan.reachability)
    number = plan.ticket if opening is None else _open(tx, opening)
    if number is None:
        if changes:
            raise ValueError("a plan without a ticket can change nothing")
        return None
    ticket = _Ticket(tx, plan, number, spooled.id if spooled else None)
    if opening is not None:
        ticket.tell("opened", _opened(opening.ticket))
    for change in changes:
        _change(ticket, change)
    if changes and (opening is None or ticket.after):
        _write_head(ticket)
    if ticket.events:
        tx.connection.execute(_ADD_EVENTS, ticket.events)
    return number


def _opening(changes: Sequence[Change]) -> tuple[OpenTicket | None, Sequence[Change]]:
    if changes and isinstance(changes[0], OpenTicket):
        return changes[0], changes[1:]
    return None, changes


def _change(ticket: _Ticket, change: Change) -> None:
    match change:
        case AddArticle(article):
            _add_article(ticket, article)
        case SetStatus() | SetPriority() | SetType() | MoveToGroup() | Assign() | SetOrganisation() | SetCi():
            ticket.replace(_COLUMNS[type(change)], change.before, change.after)
        case ChangeTags(add, remove):
            add_tags(ticket.tx, ticket.number, add)
            remove_tags(ticket.tx, ticket.number, remove)
            ticket.tell("tags", {"added": list(add), "removed": list(remove)})
        case AddParticipants(people):
            add_people(ticket.tx, ticket.number, people)
            ticket.tell("participants", {"added": [person.address for person in people]})
        case AddLink() | RemoveLink() | MergeInto():
            _link(ticket, change)
        case OpenTicket():
            raise ValueError("a plan opens its ticket first, and only one")
        case _:
            _note(ticket, change)


def _link(ticket: _Ticket, change: AddLink | RemoveLink | MergeInto) -> None:
    """Tie tickets together, or part them; what happened is written down with both."""
    match change:
        case AddLink(other, kind, why):
            add_link(ticket.tx, ticket.number, kind, other)
            ticket.tell_both(other, "linked", {"kind": kind, **({"why": why} if why else {})})
        case RemoveLink(other, kind):
            remove_link(ticket.tx, ticket.number, kind, other)
            ticket.tell_both(other, "unlinked", {"kind": kind})
        case MergeInto(survivor, people):
            merge_links(ticket.tx, ticket.number, survivor)
            add_people(ticket.tx, survivor, people)
            ticket.tx.connection.execute(_TOUCH, {"survivor": survivor, "at": ticket.plan.at})
            ticket.tell_both(survivor, "linked", {"kind": LinkKind.MERGED_INTO})
            if people:
                ticket.tell("participants", {"added": [person.address for person in people]}, of=survivor)


def _snooze(ticket: _Ticket, before: datetime | None, after: datetime | None) -> None:
    ticket.after["snoozed_until"] = after
    shown = {name: at.isoformat() if at else None for name, at in (("before", before), ("after", after))}
    ticket.tell("snoozed_until", shown)


def _note(ticket: _Ticket, change: _Noted) -> None:
    match change:
        case ChangeWatchers(add, remove):
            add_watchers(ticket.tx, ticket.number, add)
            remove_watchers(ticket.tx, ticket.number, remove)
            ticket.tell("watchers", {"added": list(add), "removed": list(remove)})
        case SetFields(before, after):
            ticket.after["fields"] = dict(after)
            ticket.tell("fields", {"before": dict(before), "after": dict(after)})
        case TakeTurn(group, agent):
            take_turn(ticket.tx, group, agent)
        case Snooze(before, after):
            _snooze(ticket, before, after)
        case RecordFiring(name):
            _fire(ticket, name)
        case SetAttention(at):
            ticket.after["attend_at"] = at
        case MarkUndelivered(at, address):
            suppressions.mark_undelivered(ticket.tx, ticket.number, at, address)
        case RecordEvent(what, detail):
            ticket.tell(what, detail)
        case _:
            assert_never(change)


def _fire(ticket: _Ticket, name: str) -> None:
    # the key refuses the second of two, which then is StoreBusy as for any other race
    ticket.tx.connection.execute(_ADD_FIRING, {"ticket": ticket.number, "name": name, "at": ticket.plan.at})


def _write_head(ticket: _Ticket) -> None:
    """Write the head of a ticket, if it still is what the plan replaces: no update is ever lost."""
    statement = update(TicketRow).where(TicketRow.number == ticket.number)
    for column, before in ticket.before.items():
        statement = statement.where(getattr(TicketRow, column) == before)
    values = {getattr(TicketRow, column): after for column, after in ticket.after.items()}
    if "status" in ticket.after:
        values[TicketRow.status_since] = ticket.plan.at
    if not ticket.plan.is_quiet:
        values[TicketRow.updated_at] = ticket.plan.at
    if not values:
        return
    written = ticket.tx.connection.execute(statement.values(values))
    if written.rowcount != 1:
        raise StoreBusy(f"ticket {ticket.number} was changed by somebody else meanwhile")


def _open(tx: Transaction, opening: OpenTicket) -> int:
    ticket = opening.ticket
    number = tx.connection.execute(
        _OPEN,
        {
            "subject": ticket.subject,
            "status": ticket.status,
            "type": ticket.type,
            "priority": ticket.priority,
            "group_name": ticket.group,
            "assignee": ticket.assignee,
            "requester_name": ticket.requester.name,
            "requester_address": ticket.requester.address,
            "requester_key": address_key(ticket.requester.address),
            "mailbox": ticket.mailbox,
            "language": ticket.language,
            "created_at": ticket.created_at,
            "updated_at": ticket.updated_at,
            "organisation": ticket.organisation,
            "ci": ticket.ci,
            "status_since": ticket.status_since,
            "snoozed_until": ticket.snoozed_until,
            "attend_at": ticket.attend_at,
            "fields": dict(ticket.fields),
            "trace": dict(opening.trace),
        },
    ).scalar_one()
    add_tags(tx, number, ticket.tags)
    add_people(tx, number, ticket.participants)
    add_watchers(tx, number, ticket.watchers)
    return number


def _opened(ticket: Ticket) -> dict[str, object]:
    return {
        "status": ticket.status,
        "type": ticket.type,
        "priority": ticket.priority,
        "group": ticket.group,
        "assignee": ticket.assignee,
        "mailbox": ticket.mailbox,
        "organisation": ticket.organisation,
        "ci": ticket.ci,
    }


def _add_article(ticket: _Ticket, article: Article) -> None:
    arrived = article.direction is Direction.IN
    article_id = ticket.tx.connection.execute(
        _ADD_ARTICLE,
        {
            "ticket": ticket.number,
            "spool_id": ticket.spool_id,
            "kind": article.kind,
            "direction": article.direction,
            "sender_name": article.sender.name,
            "sender_address": article.sender.address,
            "at": article.at,
            "text": article.text,
            "full_text": article.full_text,
            "html": article.html,
            "message_id": article.message_id,
            "mail_kind": article.mail_kind,
            "flags": list(article.flags),
        },
    ).scalar_one()
    _add_files(ticket.tx, article_id, article)
    if article.message_id:
        # An agent's own mail is no customer's business, not even its id: what they may see is our letter's.
        public = arrived and article.kind is ArticleKind.PUBLIC
        _add_message_id(ticket, article.message_id, public=public)
    ticket.tell("article", {"id": article_id, "kind": article.kind, "direction": article.direction})


def _add_files(tx: Transaction, article_id: int, article: Article) -> None:
    rows = [
        {
            "article": article_id,
            "filename": file.filename,
            "content_type": file.content_type,
            "size": file.size,
            "sha256": file.sha256,
            "inline": file.inline,
            "content_id": file.content_id,
        }
        for file in article.attachments
    ]
    if rows:
        tx.connection.execute(_ADD_FILES, rows)


def _add_message_id(ticket: _Ticket, message_id: str, *, public: bool) -> None:
    """Let mails name the ticket by this id. Where the ticket knows it, it stays: a mail cannot take over a letter's."""
    ticket.tx.connection.execute(
        _ADD_IDS[ticket.tx.dialect],
        {
            "key": lookup_key(message_id),
            "message_id": message_id if len(message_id) > LONGEST_KEY else None,
            "ticket": ticket.number,
            "ours": False,
            "public": public,
        },
    )
