"""Tickets that may be about one matter: the newest ones, what was said of them, and those that were found alike."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from mailgateway.desk.model import LinkKind, Status, TicketType
from mailgateway.desk.problems.likeness import Matter
from mailgateway.desk.problems.suggestion import Known
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import possible_ids
from mailgateway.store.tables.tickets import LinkRow, TicketRow

MOST_RECENT = 200
MOST_ALIKE = 1_000

_DONE = (Status.SOLVED, Status.CLOSED)
_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended("problem suggestions", 0)))
_NEWEST = (
    select(TicketRow)
    .where(TicketRow.created_at > bindparam("since"))
    .order_by(TicketRow.created_at.desc())
    .limit(MOST_RECENT)
    .subquery("newest")
)
_RECENT = (
    select(
        _NEWEST.c.number,
        _NEWEST.c.subject,
        _NEWEST.c.requester_name,
        _NEWEST.c.requester_address,
        _NEWEST.c.group_name,
        _NEWEST.c.ci,
    )
    .where(_NEWEST.c.type == TicketType.INCIDENT, _NEWEST.c.status.not_in(_DONE))
    .order_by(_NEWEST.c.number.desc())
)
_AMONG = LinkRow.ticket.in_(bindparam("numbers", expanding=True))
_TOWARDS = LinkRow.other.in_(bindparam("numbers", expanding=True))
_OF_LIKE = LinkRow.kind == LinkKind.LIKE
_SUGGESTED, _PROBLEM = 0, 1
_KNOWN = union_all(
    select(literal(_SUGGESTED), LinkRow.other).where(_AMONG, _OF_LIKE),
    select(literal(_SUGGESTED), LinkRow.other).where(_TOWARDS, _OF_LIKE),
    select(literal(_PROBLEM), LinkRow.other)
    .join(TicketRow, TicketRow.number == LinkRow.other)
    .where(_AMONG, LinkRow.kind == LinkKind.PROBLEM, TicketRow.status.not_in(_DONE)),
)
_WITH = select(LinkRow.other).where(LinkRow.ticket == bindparam("number"), _OF_LIKE)
_TIE = aliased(LinkRow)
_HAS_PROBLEM = (
    select(literal(1))
    .where(_TIE.ticket == TicketRow.number, _TIE.kind == LinkKind.PROBLEM)
    .correlate(TicketRow)
    .exists()
)
_OPEN_INCIDENTS = (
    select(TicketRow.number)
    .where(
        TicketRow.number.in_(bindparam("numbers", expanding=True)),
        TicketRow.type != TicketType.PROBLEM,
        TicketRow.status.not_in(_DONE),
        ~_HAS_PROBLEM,
    )
    .order_by(TicketRow.number)
)
_LIKE = (
    select(LinkRow.ticket)
    .where(LinkRow.other == bindparam("number"), _OF_LIKE)
    .order_by(LinkRow.ticket)
    .limit(MOST_ALIKE)
)


def recent_incidents(tx: Transaction, since: datetime) -> tuple[Matter, ...]:
    """Return the open incidents among the newest tickets since a time, newest first; at most 200 tickets are read."""
    found = tx.connection.execute(_RECENT, {"since": since})
    return tuple(_matter(*row) for row in found)


def one_at_a_time(tx: Transaction) -> None:
    """Let one transaction at a time find tickets alike, so that what two hosts file at once is suggested once.

    SQLite has one writer anyway.
    """
    if tx.dialect == "postgresql":
        tx.connection.execute(_LOCK)


def known_of(tx: Transaction, numbers: Collection[int]) -> Known:
    """Return with which ticket like ones were suggested to be a problem, and the open problem of most of them."""
    rows: Any = tx.connection.execute(_KNOWN, {"numbers": possible_ids(numbers)}).all()
    suggested = [other for what, other in rows if what == _SUGGESTED]
    problems = Counter(other for what, other in rows if what == _PROBLEM)
    return Known(min(suggested, default=None), max(problems, key=lambda one: (problems[one], -one), default=None))


def open_alike(tx: Transaction, number: int) -> tuple[int, ...]:
    """Return the other tickets that were found like this one, as far as they are open and have no problem."""
    with_which = tx.connection.execute(_WITH, {"number": number}).scalars().first() or number
    among = {with_which, *tx.connection.execute(_LIKE, {"number": with_which}).scalars()} - {number}
    if not among:
        return ()
    return tuple(tx.connection.execute(_OPEN_INCIDENTS, {"numbers": sorted(among)}).scalars())


def _matter(number: int, subject: str, name: str, address: str, group: str, ci: str | None) -> Matter:
    return Matter(number, subject, name or address, group, ci)
