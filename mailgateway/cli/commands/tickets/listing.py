"""`mailgateway tickets list`: tickets, narrowed and in an order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.cli.commands.tickets.narrowing import Customers, narrowed
from mailgateway.cli.lines import complain, say_json, wrong_usage
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.moments import moment_in, span_in
from mailgateway.cli.typed.options import AsJson, Limit
from mailgateway.cli.views.tables import Column, show_table, span
from mailgateway.desk.customers.organisations import Organisations
from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.flows.sheets import line_object
from mailgateway.store.engine import Transaction
from mailgateway.store.tickets.listed import LOOKED_THROUGH, OPEN, Order, TicketLine, Wanted, listed, looked_from

_COLUMNS = (
    Column("#", 10, is_number=True),
    Column("Status", 8),
    Column("Priority", 8),
    Column("Group", 12),
    Column("Assignee", 10),
    Column("Subject", 0),
)
_CHANGED = Column("Changed", 8, is_number=True)
_DUE = Column("Due", 10, is_number=True)

Statuses = Annotated[list[Status] | None, typer.Option("--status", help="One of these; may be repeated.")]
IsOpen = Annotated[bool, typer.Option("--open", help="Only what is neither solved nor closed.")]
Group = Annotated[str | None, typer.Option("--group", metavar="NAME", help="Only those of this group.")]
Assignee = Annotated[str | None, typer.Option("--assignee", metavar="NAME", help="Only those of this agent, or none.")]
Requester = Annotated[
    str | None, typer.Option("--requester", metavar="ADDRESS", help="Only those that this address wrote.")
]
Organisation = Annotated[
    str | None, typer.Option("--organisation", metavar="NAME", help="Only those of this organisation.")
]
Ci = Annotated[str | None, typer.Option("--ci", metavar="NAME", help="Only those about this.")]
Mailbox = Annotated[
    str | None, typer.Option("--mailbox", metavar="NAME", help="Only those that began in this mailbox.")
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Only those with this tag; several: with all.")
]
Types = Annotated[list[TicketType] | None, typer.Option("--type", help="One of these; may be repeated.")]
Priorities = Annotated[list[Priority] | None, typer.Option("--priority", help="One of these.")]
Problem = Annotated[int | None, typer.Option("--problem", metavar="N", min=1, help="Only incidents of this problem.")]
Subject = Annotated[
    str, typer.Option("--subject", metavar="TEXT", help="Only those with this in their subject, in any case.")
]
Since = Annotated[str | None, typer.Option(metavar="WHEN", help="From this moment on: a date, or 2d for two days ago.")]
Before = Annotated[str | None, typer.Option(metavar="WHEN", help="Before this moment.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only those of which a promise has run out.")]
DueWithin = Annotated[
    str | None, typer.Option("--due-within", metavar="TIME", help="Only those due within 4h, or overdue.")
]
IsOffered = Annotated[bool, typer.Option("--offered", help="Only those that a group has still to accept.")]
OfferedBy = Annotated[
    str | None,
    typer.Option("--offered-by", metavar="NAME", help="Those of them that this group handed over."),
]
IsSnoozed = Annotated[bool, typer.Option("--snoozed", help="Only those that are put aside now.")]
Watcher = Annotated[str | None, typer.Option("--watcher", metavar="NAME", help="Only those that this agent watches.")]
IsMajor = Annotated[bool, typer.Option("--major", help="Only major incidents that are not over.")]
IsVip = Annotated[bool, typer.Option("--vip", help="Only those of people who matter more.")]
Contract = Annotated[str | None, typer.Option("--contract", metavar="NAME", help="Only those under this contract.")]
Sort = Annotated[Order, typer.Option("--sort", help="Which come first.")]


def list_(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    *,
    status: Statuses = None,
    is_open: IsOpen = False,
    group: Group = None,
    assignee: Assignee = None,
    requester: Requester = None,
    organisation: Organisation = None,
    ci: Ci = None,
    mailbox: Mailbox = None,
    tag: Tags = None,
    kind: Types = None,
    priority: Priorities = None,
    problem: Problem = None,
    subject: Subject = "",
    created_since: Since = None,
    created_before: Before = None,
    updated_since: Since = None,
    updated_before: Before = None,
    overdue: Overdue = False,
    due_within: DueWithin = None,
    is_offered: IsOffered = False,
    offered_by: OfferedBy = None,
    is_snoozed: IsSnoozed = False,
    watcher: Watcher = None,
    is_major: IsMajor = False,
    is_vip: IsVip = False,
    contract: Contract = None,
    sort: Sort = Order.NEWEST,
    limit: Limit = 50,
    as_objects: AsJson = False,
) -> None:
    """List tickets, newest first. Each option narrows the list."""
    named = Wanted(group=group, assignee=assignee, requester=requester, organisation=organisation, ci=ci)
    named = replace(named, mailbox=mailbox, problem=problem, subject=subject, watcher=watcher, is_major=is_major)
    named = replace(named, types=tuple(kind or ()), priorities=tuple(priority or ()), offered=is_offered)
    wanted = replace(
        named,
        statuses=_statuses(status, is_open=is_open),
        tags=tuple(one.casefold() for one in tag or ()),
        created_since=moment_in("--created-since", created_since),
        created_before=moment_in("--created-before", created_before),
        changed_since=moment_in("--updated-since", updated_since),
        changed_before=moment_in("--updated-before", updated_before),
        due_before=_due_before(due_within, overdue=overdue),
        offered_by=offered_by,
        snoozed_at=clock.now() if is_snoozed else None,
    )
    _tell(ctx, wanted, Customers(contract, is_vip), sort, limit, as_objects=as_objects)


def _tell(
    ctx: typer.Context, wanted: Wanted, customers: Customers, sort: Order, limit: int, *, as_objects: bool
) -> None:
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        wanted, known = narrowed(tx, wanted, customers, gateway.policy), gateway.policy.organisations
        found = listed(tx, limit, wanted, sort)
        left_out = _left_out(tx, wanted, sort, is_whole=0 < limit <= len(found))
    if as_objects:
        for line in found:
            say_json(line_object(line, known))
    else:
        by_due = wanted.due_before is not None or sort is Order.DUE
        _show(found, clock.now(), known, by_due=by_due, all_=wanted == Wanted())
    if left_out:
        complain(left_out)


def _due_before(due_within: str | None, *, overdue: bool) -> datetime | None:
    soon = span_in("--due-within", due_within)
    if overdue:
        return clock.now()
    return None if soon is None else clock.now() + soon


def _statuses(status: Sequence[Status] | None, *, is_open: bool) -> tuple[Status, ...]:
    if is_open and status:
        raise wrong_usage("--open and --status both say which statuses are meant: give one of them")
    return OPEN if is_open else tuple(dict.fromkeys(status or ()))


def _left_out(tx: Transaction, wanted: Wanted, sort: Order, *, is_whole: bool) -> str:
    """Return what is to be said where older tickets were not looked at; "" where all were, or enough were found."""
    lowest = 0 if is_whole and sort is Order.NEWEST else looked_from(tx, wanted, sort)
    if not lowest or not listed(tx, 1, Wanted(below=lowest)):
        return ""
    narrower = "--open, --requester, --tag or --created-since"
    return f"only the newest {LOOKED_THROUGH:,} tickets, from {lowest} on, were looked through; {narrower} lead further"


def _show(found: Sequence[TicketLine], now: datetime, known: Organisations, *, by_due: bool, all_: bool) -> None:
    empty = "There are no tickets." if all_ else "There is no such ticket."
    show_table((*_COLUMNS, _DUE if by_due else _CHANGED), _rows(found, now, known, by_due=by_due), empty)


def _rows(
    found: Sequence[TicketLine], now: datetime, known: Organisations, *, by_due: bool
) -> Iterator[tuple[object, ...]]:
    for one in found:
        subject = "  ".join((*_marks(one, now, known), one.subject))
        head = one.number, one.status, one.priority, one.group, one.assignee, subject
        yield (*head, _due(one.due_at, now) if by_due else span(now - one.updated_at))


def _marks(one: TicketLine, now: datetime, known: Organisations) -> Iterator[str]:
    """Give what is to be known of a ticket before anything else."""
    if one.is_major:
        yield "MAJOR"
    if known.is_vip(one.requester.address):
        yield "VIP"
    if one.offer is not None:
        yield "OFFERED"
    if one.snoozed_until is not None and one.snoozed_until > now:
        yield "SNOOZED"


def _due(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    return f"in {span(at - now)}" if at > now else f"{span(now - at)} late"
