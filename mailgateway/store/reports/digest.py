"""What a digest tells of: open tickets by index, the most urgent first, and how many there are of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from mailgateway.desk.model import Status
from mailgateway.reports.digest import MOST_IN_SHORT, MOST_TOLD, SOON, Errand, Part, Section
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.tables.time import ClockRow, SpellRow
from mailgateway.store.tickets.listed import URGENCY

_ACTIVE = (Status.NEW, Status.OPEN)
_WAITING = (Status.PENDING, Status.ON_HOLD)
_GOES = and_(ClockRow.met_at.is_(None), ClockRow.ended_at.is_(None), ClockRow.due_at.is_not(None))
_CLOCK = select(ClockRow.due_at).where(ClockRow.ticket == TicketRow.number, _GOES).order_by(ClockRow.due_at).limit(1)
_DUE_AT = _CLOCK.correlate(TicketRow).scalar_subquery().label("due_at")
_TARGET = _CLOCK.with_only_columns(ClockRow.target).correlate(TicketRow).scalar_subquery()
_MOST_URGENT = (_DUE_AT.asc().nulls_last(), URGENCY.desc())
_TICKETS: Select[*tuple[Any, ...]] = select(
    TicketRow.number,
    TicketRow.subject,
    TicketRow.status,
    TicketRow.priority,
    TicketRow.assignee,
    TicketRow.requester_name,
    TicketRow.requester_address,
    TicketRow.created_at,
    TicketRow.updated_at,
    TicketRow.snoozed_until,
    TicketRow.offer_giver,
    TicketRow.accept_by,
    _DUE_AT,
    _TARGET.label("target"),
    func.count().over().label("total"),
)
# those that are open, however many are not
_OPEN = SpellRow.__table__.join(TicketRow.__table__, SpellRow.ticket == TicketRow.number)


def agent_parts(tx: Transaction, agent: str, now: datetime) -> tuple[Part, ...]:
    """Return what an agent (by name) has to do, and what of theirs waits for others or for its time."""
    theirs, sleeps = TicketRow.assignee == agent, TicketRow.snoozed_until > now
    awake = or_(TicketRow.snoozed_until.is_(None), TicketRow.snoozed_until <= now)
    to_do = _TICKETS.where(theirs, TicketRow.status.in_(_ACTIVE), awake)
    waits = or_(TicketRow.status.in_(_WAITING), and_(TicketRow.status.in_(_ACTIVE), sleeps))
    waiting = _TICKETS.where(theirs, TicketRow.status.in_((*_ACTIVE, *_WAITING)), waits)
    wakes = case((sleeps, TicketRow.snoozed_until)).asc().nulls_last()
    return (
        _part(tx, Section.TO_DO, to_do.order_by(*_MOST_URGENT, TicketRow.updated_at), MOST_TOLD),
        _part(tx, Section.WAITING, waiting.order_by(wakes, TicketRow.updated_at), MOST_IN_SHORT),
    )


def group_parts(tx: Transaction, group: str, now: datetime) -> tuple[Part, ...]:
    """Return what a group (by name) is to accept, what is late or due soon, what nobody took, what is open longest."""
    ours = (SpellRow.ended_at.is_(None), TicketRow.group == group)
    opened = _TICKETS.select_from(_OPEN).where(*ours)
    due = _TICKETS.where(TicketRow.group == group, _is_due_by(now + SOON)).order_by(*_MOST_URGENT)
    offered = _TICKETS.where(TicketRow.offered_at.is_not(None), TicketRow.group == group)
    soonest = TicketRow.accept_by.asc().nulls_last()
    return (
        _part(tx, Section.OFFERED, offered.order_by(soonest), MOST_TOLD),
        _part(tx, Section.DUE, due, MOST_TOLD),
        _part(tx, Section.UNASSIGNED, opened.where(TicketRow.assignee.is_(None)).order_by(*_MOST_URGENT), MOST_TOLD),
        _part(tx, Section.OLDEST, opened.order_by(TicketRow.created_at), MOST_IN_SHORT),
    )


def _is_due_by(until: datetime) -> ColumnElement[bool]:
    return TicketRow.number.in_(select(ClockRow.ticket).where(_GOES, ClockRow.due_at < until))


def _part(tx: Transaction, section: Section, wanted: Select[*tuple[Any, ...]], most: int) -> Part:
    rows = tx.connection.execute(wanted.order_by(TicketRow.number).limit(most)).all()
    return Part(section, tuple(map(_errand, rows)), rows[0].total if rows else 0)


def _errand(row: Any) -> Errand:
    return Errand(
        number=row.number,
        subject=row.subject,
        status=row.status.value,
        priority=row.priority.value,
        assignee=row.assignee,
        requester=row.requester_name or row.requester_address,
        created_at=row.created_at,
        since=row.updated_at,
        until=row.snoozed_until,
        due_at=row.due_at,
        target=row.target.value if row.target else None,
        giver=row.offer_giver,
        accept_by=row.accept_by,
    )
