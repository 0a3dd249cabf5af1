"""Tickets in a list: which ones are wanted, in which order, found by an index or among a bounded number of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, UnaryExpression, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from mailgateway.desk.model import LinkKind, Offer, Priority, Status, TicketType
from mailgateway.mail.model import Address
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tables.majors import MajorRow
from mailgateway.store.tables.tickets import LinkRow, TagRow, TicketRow, WatcherRow
from mailgateway.store.tables.time import ClockRow
from mailgateway.store.tickets.handovers import offer_of

LOOKED_THROUGH = 100_000
"""How many of the newest tickets are looked through for what no index finds."""

OPEN = tuple(status for status in Status if status not in (Status.SOLVED, Status.CLOSED))
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in a list. `due_at` is when the first of its promises runs out, None where none is waited for.

    `is_major`: it is a major incident. `offer`: it waits for its group to accept it. `snoozed_until`: it comes up again
    then, or did.
    """

    number: int
    subject: str
    status: Status
    type: TicketType
    priority: Priority
    group: str
    assignee: str | None
    requester: Address
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    organisation: str | None
    ci: str | None
    due_at: datetime | None = None
    is_major: bool = False
    offer: Offer | None = None
    snoozed_until: datetime | None = None


class Order(StrEnum):
    """Which tickets come first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    CHANGED = "changed"
    PRIORITY = "priority"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets shall be listed: those of which all of this is so; None and empty stand for any.

    `assignee` of "" means nobody's. Of several statuses, types or priorities a ticket has one, of several tags it has
    all. `problem` is the number of the problem that they are incidents of, `due_before` the time before which a promise
    runs out, or has. `offered`: they wait to be accepted, with `offered_by` those that this group gave; `snoozed_at`:
    they are put aside at that moment; `watcher` is an agent. Of several `organisations` a ticket has one, and one of
    several `requesters` (keys of their addresses) wrote it; of none nobody. `subject` is a part of the subject, in any
    case. `below` leaves out those with this number and higher ones. `since` includes its moment, `before` does not.
    """

    statuses: tuple[Status, ...] = ()
    types: tuple[TicketType, ...] = ()
    priorities: tuple[Priority, ...] = ()
    tags: tuple[str, ...] = ()
    group: str | None = None
    assignee: str | None = None
    requester: str | None = None
    organisation: str | None = None
    ci: str | None = None
    mailbox: str | None = None
    problem: int | None = None
    subject: str = ""
    created_since: datetime | None = None
    created_before: datetime | None = None
    changed_since: datetime | None = None
    changed_before: datetime | None = None
    due_before: datetime | None = None
    offered: bool = False
    offered_by: str | None = None
    snoozed_at: datetime | None = None
    watcher: str | None = None
    is_major: bool = False
    requesters: tuple[str, ...] | None = None
    organisations: tuple[str, ...] | None = None
    below: int | None = None


class apart(GenericFunction[int]):  # noqa: N801 - it is called as functions of SQL are
    """A value as it is, which SQLite sorts by: it would rather go through a whole table in the order of its key."""

    type = BigInteger()
    inherit_cache = True


@compiles(apart)
def _apart(element: Any, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))


@compiles(apart, "sqlite")
def _apart_on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"+{compiler.process(element.clauses, **more)}"


_ANY = Wanted()
_EQUAL = ("group", "organisation", "ci", "mailbox")
_AMONG = {"statuses": TicketRow.status, "types": TicketRow.type, "priorities": TicketRow.priority}
_ONE_OF = {"requesters": TicketRow.requester_key, "organisations": TicketRow.organisation}
_UNMET = ClockRow.met_at.is_(None) & ClockRow.ended_at.is_(None)
_WAITING = _UNMET & ClockRow.due_at.is_not(None)
# within `case`, so that PostgreSQL does not go through all due times for the least one of a ticket
_NEXT_DUE = (
    select(func.min(case((_UNMET, ClockRow.due_at))))
    .where(ClockRow.ticket == TicketRow.number)
    .correlate(TicketRow)
    .scalar_subquery()
)
URGENCY = case({priority: place for place, priority in enumerate(Priority)}, value=TicketRow.priority)
"""How urgent a ticket is: the most urgent has the highest."""
_ORDERS: dict[Order, tuple[UnaryExpression[Any], ...]] = {
    Order.NEWEST: (TicketRow.number.desc(),),
    Order.OLDEST: (TicketRow.number.asc(),),
    Order.CHANGED: (TicketRow.updated_at.desc(), TicketRow.number.desc()),
    Order.PRIORITY: (URGENCY.desc(), TicketRow.number.asc()),
    Order.DUE: (_NEXT_DUE.asc().nulls_last(), TicketRow.number.asc()),
}
_HEADS = select(
    TicketRow.number,
    TicketRow.subject,
    TicketRow.status,
    TicketRow.type,
    TicketRow.priority,
    TicketRow.group,
    TicketRow.assignee,
    TicketRow.requester_name,
    TicketRow.requester_address,
    TicketRow.created_at,
    TicketRow.updated_at,
    TicketRow.organisation,
    TicketRow.ci,
    TicketRow.snoozed_until,
    TicketRow.offer_giver,
    TicketRow.offered_at,
    TicketRow.accept_by,
    TicketRow.accept_left,
    TicketRow.accept_since,
)
_SORTED = (apart(TicketRow.number).desc(),)


def listed(tx: Transaction, limit: int, of: Wanted = _ANY, order: Order = Order.NEWEST) -> tuple[TicketLine, ...]:
    """Return tickets in an order; `limit` 0 gives all of them. See `looked_from`."""
    numbers = _numbers(tx, limit, of, order)
    return tuple(
        line for place in range(0, len(numbers), _CHUNK) for line in lines(tx, numbers[place : place + _CHUNK])
    )


def looked_from(tx: Transaction, of: Wanted, order: Order = Order.NEWEST) -> int:
    """Return the lowest number that is looked at: 0 where an index leads to the tickets, however old they are."""
    if not _is_wide(of, order):
        return 0
    newest = tx.connection.execute(select(func.max(TicketRow.number))).scalar() or 0
    return max(0, newest - LOOKED_THROUGH + 1)


def _is_wide(of: Wanted, order: Order) -> bool:
    """Tell whether nothing that is asked for leads to few tickets by itself, and something has no index at all."""
    leads = (of.requester, of.organisation, of.ci, of.problem, of.assignee, of.tags, of.watcher, of.offered_by)
    times = (of.created_since, of.changed_since, of.due_before, of.snoozed_at)
    among = of.requesters is not None or of.organisations is not None
    is_led = any(leads) or any(times) or among or of.offered or of.is_major
    is_led = is_led or bool(of.statuses and set(of.statuses) <= set(OPEN))
    is_sought = bool(of.types or of.priorities or of.mailbox or of.subject)
    return not is_led and (is_sought or order in (Order.PRIORITY, Order.DUE))


def _numbers(tx: Transaction, limit: int, of: Wanted, order: Order) -> list[int]:
    lowest = looked_from(tx, of, order)
    by = _SORTED if order is Order.NEWEST and any((of.created_since, of.changed_since)) else _ORDERS[order]
    wanted = select(TicketRow.number).where(*_conditions(of)).order_by(*by)
    if lowest:
        wanted = wanted.where(TicketRow.number >= lowest)
    if not of.subject:
        return list(tx.connection.execute(wanted.limit(limit or None)).scalars())
    # compared here: the databases know the cases of different letters
    sought = of.subject.casefold()
    found = (
        number
        for number, subject in tx.connection.execute(wanted.add_columns(TicketRow.subject))
        if sought in subject.casefold()
    )
    return list(islice(found, limit or None))


def _conditions(of: Wanted) -> Iterator[ColumnElement[bool]]:
    for name in _EQUAL:
        if getattr(of, name) is not None:
            yield getattr(TicketRow, name) == getattr(of, name)
    yield from _among(of)
    if of.assignee is not None:
        yield TicketRow.assignee == of.assignee if of.assignee else TicketRow.assignee.is_(None)
    if of.requester is not None:
        yield TicketRow.requester_key == address_key(of.requester)
    if of.below is not None:
        yield TicketRow.number < of.below
    yield from _times(of)
    yield from _offers(of)
    yield from (TicketRow.number.in_(tickets) for tickets in _elsewhere(of))


def _among(of: Wanted) -> Iterator[ColumnElement[bool]]:
    for name, column in _AMONG.items():
        if values := getattr(of, name):
            yield column == values[0] if len(values) == 1 else column.in_(values)
    for key, of_it in _ONE_OF.items():
        if getattr(of, key) is not None:
            yield of_it.in_(getattr(of, key))


def _times(of: Wanted) -> Iterator[ColumnElement[bool]]:
    for column, since, before in (
        (TicketRow.created_at, of.created_since, of.created_before),
        (TicketRow.updated_at, of.changed_since, of.changed_before),
    ):
        if since is not None:
            yield column >= since
        if before is not None:
            yield column < before
    if of.snoozed_at is not None:
        yield TicketRow.snoozed_until > of.snoozed_at


def _offers(of: Wanted) -> Iterator[ColumnElement[bool]]:
    if of.offered or of.offered_by is not None:
        yield TicketRow.offered_at.is_not(None)
    if of.offered_by is not None:
        yield TicketRow.offer_giver == of.offered_by


def _elsewhere(of: Wanted) -> Iterator[Select[int]]:
    """Give the tickets that other tables lead to."""
    for tag in of.tags:
        yield select(TagRow.ticket).where(TagRow.tag == tag)
    if of.problem is not None:
        yield select(LinkRow.ticket).where(LinkRow.other == of.problem, LinkRow.kind == LinkKind.PROBLEM)
    if of.due_before is not None:
        yield select(ClockRow.ticket).where(_WAITING, ClockRow.due_at < of.due_before)
    if of.watcher is not None:
        yield select(WatcherRow.ticket).where(WatcherRow.agent == of.watcher)
    if of.is_major:
        yield select(MajorRow.problem).where(MajorRow.ended_at.is_(None))


def lines(tx: Transaction, numbers: Sequence[int]) -> list[TicketLine]:
    """Return tickets that are there, by their numbers and in their order."""
    tags: dict[int, list[str]] = defaultdict(list)
    worn = select(TagRow.ticket, TagRow.tag).where(TagRow.ticket.in_(numbers)).order_by(TagRow.ticket, TagRow.tag)
    for ticket, tag in tx.connection.execute(worn):
        tags[ticket].append(tag)
    first = select(ClockRow.ticket, func.min(ClockRow.due_at)).where(ClockRow.ticket.in_(numbers), _UNMET)
    due = {ticket: at for ticket, at in tx.connection.execute(first.group_by(ClockRow.ticket))}  # noqa: C416 - rows
    heads = {head.number: head for head in tx.connection.execute(_HEADS.where(TicketRow.number.in_(numbers)))}
    majors = _majors(tx, numbers)
    return [_line(heads[number], tags[number], due.get(number), is_major=number in majors) for number in numbers]


def _majors(tx: Transaction, numbers: Sequence[int]) -> frozenset[int]:
    """Return those of the tickets that are major incidents.

    By the key alone: asked for those that are not over, PostgreSQL goes through all that are not.
    """
    declared = select(MajorRow.problem, MajorRow.ended_at).where(MajorRow.problem.in_(numbers))
    return frozenset(number for number, ended_at in tx.connection.execute(declared) if ended_at is None)


def _line(head: Any, tags: list[str], due_at: datetime | None, *, is_major: bool) -> TicketLine:
    return TicketLine(
        number=head.number,
        subject=head.subject,
        status=head.status,
        type=head.type,
        priority=head.priority,
        group=head.group_name,
        assignee=head.assignee,
        requester=Address(head.requester_name, head.requester_address),
        tags=tuple(tags),
        created_at=head.created_at,
        updated_at=head.updated_at,
        organisation=head.organisation,
        ci=head.ci,
        due_at=due_at,
        is_major=is_major,
        offer=offer_of(head),
        snoozed_until=head.snoozed_until,
    )
