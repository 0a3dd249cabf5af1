"""Heads of tickets, read a set at a time: a fixed number of statements, however many there are."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import BindParameter, bindparam, case, cast, func, literal, null, select, union_all

from mailgateway.desk.model import HeldAnswer, News, Ticket
from mailgateway.mail.model import Address
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.columns import Instant
from mailgateway.store.tables.holding import HeldAnswerRow
from mailgateway.store.tables.lookup import possible_ids
from mailgateway.store.tables.tickets import ArticleRow, ParticipantRow, TagRow, TicketRow, WatcherRow
from mailgateway.store.tickets.handovers import offer_of

_HEADS = (
    select(
        TicketRow.number,
        TicketRow.subject,
        TicketRow.status,
        TicketRow.type,
        TicketRow.priority,
        TicketRow.group,
        TicketRow.assignee,
        TicketRow.requester_name,
        TicketRow.requester_address,
        TicketRow.mailbox,
        TicketRow.language,
        TicketRow.created_at,
        TicketRow.updated_at,
        TicketRow.organisation,
        TicketRow.service_level,
        TicketRow.ci,
        TicketRow.status_since,
        TicketRow.snoozed_until,
        TicketRow.attend_at,
        TicketRow.fields,
        TicketRow.silent,
        TicketRow.offer_giver,
        TicketRow.offered_at,
        TicketRow.accept_by,
        TicketRow.accept_left,
        TicketRow.accept_since,
        TicketRow.dormant,
    )
    .where(TicketRow.number.in_(bindparam("numbers", expanding=True)))
    .order_by(TicketRow.number)
)
# NO KEY UPDATE: keeps other writers of the ticket out, and lets rows that point to it be written (a letter's failure).
# In order of the number, so that two mails that name the same tickets cannot wait for each other.
_LOCKED_HEADS = _HEADS.with_for_update(key_share=True)
_AMONG: BindParameter[Any] = bindparam("numbers", expanding=True)
_TAG, _WATCHER, _PARTICIPANT, _HELD = 1, 2, 3, 4
_INSIDE = "inside"
_NEVER = cast(null(), Instant())
# In one statement, as the way to the database costs more than the look-up.
_BELONGINGS = union_all(
    select(literal(_TAG), TagRow.ticket, literal(0), TagRow.tag, literal(""), literal(0), _NEVER).where(
        TagRow.ticket.in_(_AMONG)
    ),
    select(literal(_WATCHER), WatcherRow.ticket, literal(0), WatcherRow.agent, literal(""), literal(0), _NEVER).where(
        WatcherRow.ticket.in_(_AMONG)
    ),
    select(
        literal(_PARTICIPANT),
        ParticipantRow.ticket,
        ParticipantRow.id,
        ParticipantRow.name,
        ParticipantRow.address,
        literal(0),
        _NEVER,
    ).where(ParticipantRow.ticket.in_(_AMONG)),
    select(
        literal(_HELD),
        HeldAnswerRow.ticket,
        HeldAnswerRow.article,
        HeldAnswerRow.agent,
        case((HeldAnswerRow.inside, _INSIDE), else_=""),
        func.coalesce(ArticleRow.spool_id, 0),
        HeldAnswerRow.at,
    )
    .join(ArticleRow, ArticleRow.id == HeldAnswerRow.article)
    .where(HeldAnswerRow.ticket.in_(_AMONG)),
)


def read_heads(tx: Transaction, numbers: Collection[int], *, lock: bool = False) -> dict[int, Ticket]:
    """Return the tickets that exist among `numbers`, in order; with `lock`, nobody else can change them meanwhile."""
    wanted = {"numbers": possible_ids(numbers)}
    if not wanted["numbers"]:
        return {}
    bare = {row.number: _ticket(row) for row in tx.connection.execute(_LOCKED_HEADS if lock else _HEADS, wanted)}
    if not bare:
        return {}
    found = {"numbers": list(bare)}
    # read after the lock is held: what belongs to a ticket is then as new as its head
    belongings: list[Any] = sorted(map(tuple, tx.connection.execute(_BELONGINGS, found)))
    tags: dict[int, list[str]] = defaultdict(list)
    people: dict[int, list[Address]] = defaultdict(list)
    watchers: dict[int, list[str]] = defaultdict(list)
    held: dict[int, list[HeldAnswer]] = defaultdict(list)
    for what, number, key, name, more, mail, at in belongings:
        if what == _PARTICIPANT:
            people[number].append(Address(name, more))
        elif what == _HELD:
            held[number].append(HeldAnswer(name, at, key, mail, more == _INSIDE))
        else:
            (tags if what == _TAG else watchers)[number].append(name)
    return {
        number: replace(
            ticket,
            tags=tuple(tags[number]),
            participants=tuple(people[number]),
            watchers=tuple(watchers[number]),
            held=tuple(held[number]),
        )
        for number, ticket in bare.items()
    }


def _ticket(row: Any) -> Ticket:
    return Ticket(
        number=row.number,
        subject=row.subject,
        status=row.status,
        type=row.type,
        priority=row.priority,
        group=row.group_name,
        assignee=row.assignee,
        requester=Address(row.requester_name, row.requester_address),
        mailbox=row.mailbox,
        language=row.language,
        created_at=row.created_at,
        updated_at=row.updated_at,
        organisation=row.organisation,
        ci=row.ci,
        status_since=row.status_since or row.created_at,
        snoozed_until=row.snoozed_until,
        attend_at=row.attend_at,
        service_level=row.service_level,
        fields=row.fields or {},
        silent=tuple(News(one) for one in row.silent or ()),
        offer=offer_of(row),
        dormant=row.dormant,
    )
