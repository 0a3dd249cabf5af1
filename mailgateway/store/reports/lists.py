"""The lists of tickets behind the figures of a report: the same populations, ticket by ticket."""

from typing import Any

from sqlalchemy import literal, select

from mailgateway.reports.asked import Asked
from mailgateway.reports.counted import Listed, Scope
from mailgateway.reports.period import Window
from mailgateway.store.engine import Transaction
from mailgateway.store.reports.populations import Population, population
from mailgateway.store.tables.tickets import TicketRow


def listed(tx: Transaction, asked: Asked, window: Window, scope: Scope, limit: int = 0) -> tuple[Listed, ...]:
    """Return what is behind a figure, the newest first: as many as it counts, or `limit`."""
    of = population(asked.counting, window, asked.target).within(scope)
    if asked.dimension is not None:
        of = of.of(asked.dimension, asked.value)
    if asked.age is not None:
        of = of.aged(asked.age, window.ends)
    if asked.by:
        of = of.by(asked.by)
    if asked.answer:
        of = of.through(asked.answer)
    return all_of(tx, of, limit)


def all_of(tx: Transaction, of: Population, limit: int = 0) -> tuple[Listed, ...]:
    """Return the tickets of a population, the newest first: all, or `limit`."""
    alike = () if of.answer is None else (of.answer,)
    wanted = (
        select(
            TicketRow.number,
            TicketRow.subject,
            TicketRow.status,
            TicketRow.type,
            TicketRow.priority,
            TicketRow.group,
            TicketRow.assignee,
            TicketRow.organisation,
            TicketRow.ci,
            TicketRow.requester_address,
            TicketRow.created_at,
            of.at,
            literal(None) if of.seconds is None else of.seconds,
            literal(None) if of.answer is None else of.answer,
        )
        .select_from(of.source)
        .where(*of.conditions)
        .order_by(of.at.desc(), TicketRow.number.desc(), *alike)
        .limit(limit or None)
    )
    return tuple(_listed(tuple(row)) for row in tx.connection.execute(wanted))


def _listed(row: tuple[Any, ...]) -> Listed:
    number, subject, status, kind, priority, *more = row
    return Listed(number, subject, status.value, kind.value, priority.value, *more)
