"""The clocks of tickets as rows: read a set of tickets at a time, written with the change that moved them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, select

from mailgateway.desk.facts import Candidate
from mailgateway.desk.levels.clocks import in_order
from mailgateway.desk.levels.timepiece import Clock
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.time import ClockRow
from mailgateway.store.upsert import insert_or_update

_TICK = timedelta(microseconds=1)
_OF_TICKETS = (
    select(
        ClockRow.ticket,
        ClockRow.target,
        ClockRow.cycle,
        ClockRow.policy,
        ClockRow.calendar,
        ClockRow.length,
        ClockRow.started_at,
        ClockRow.counted,
        ClockRow.running_since,
        ClockRow.due_at,
        ClockRow.met_at,
        ClockRow.ended_at,
    )
    .where(ClockRow.ticket.in_(bindparam("numbers", expanding=True)))
    .order_by(ClockRow.ticket, ClockRow.target, ClockRow.cycle)
)
_MOVED = ("policy", "calendar", "length", "counted", "running_since", "due_at", "met_at", "ended_at")
_WRITE = insert_or_update(
    ClockRow, ("ticket", "target", "cycle"), lambda new: {name: getattr(new, name) for name in _MOVED}
)
_OPEN = ClockRow.met_at.is_(None) & ClockRow.ended_at.is_(None) & ClockRow.due_at.is_not(None)
_DUE = select(
    func.count(case((ClockRow.due_at < bindparam("now"), 1))),
    func.count(case((ClockRow.due_at >= bindparam("now"), 1))),
    func.min(case((ClockRow.due_at >= bindparam("now"), ClockRow.due_at))),
).where(_OPEN, ClockRow.due_at < bindparam("until"))


@dataclass(frozen=True, slots=True)
class DueClocks:
    """Clocks of tickets that wait: how many are over their time, how many soon will be, and when the next one is."""

    breached: int
    soon: int
    next_at: datetime | None


def with_clocks(tx: Transaction, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Give tickets their clocks: without them a plan would forget when the tickets are to be looked at."""
    found = read_clocks(tx, [one.ticket.number for one in candidates])
    return tuple(
        replace(one, ticket=replace(one.ticket, clocks=found.get(one.ticket.number, ()))) for one in candidates
    )


def read_clocks(tx: Transaction, numbers: Collection[int]) -> dict[int, tuple[Clock, ...]]:
    """Return the clocks of those tickets that have any."""
    if not numbers:
        return {}
    found: dict[int, list[Clock]] = defaultdict(list)
    for row in tx.connection.execute(_OF_TICKETS, {"numbers": list(numbers)}):
        found[row.ticket].append(_clock(row))
    return {number: in_order(clocks) for number, clocks in found.items()}


def write_clocks(tx: Transaction, number: int, before: Iterable[Clock], after: Iterable[Clock]) -> None:
    """Write the clocks of a ticket that have moved."""
    known = set(before)
    rows = [_row(number, clock) for clock in after if clock not in known]
    if rows:
        tx.connection.execute(_WRITE[tx.dialect], rows)


def due_clocks(tx: Transaction, now: datetime, soon: timedelta) -> DueClocks:
    """Count the clocks that are over their time, and those that will be before long."""
    return DueClocks(*tx.connection.execute(_DUE, {"now": now, "until": now + soon}).one())


def _clock(row: Any) -> Clock:
    return Clock(
        target=row.target,
        cycle=row.cycle,
        policy=row.policy,
        calendar=row.calendar,
        length=row.length * _TICK,
        started_at=row.started_at,
        counted=row.counted * _TICK,
        running_since=row.running_since,
        due_at=row.due_at,
        met_at=row.met_at,
        ended_at=row.ended_at,
    )


def _row(number: int, clock: Clock) -> dict[str, Any]:
    return {
        "ticket": number,
        "target": clock.target,
        "cycle": clock.cycle,
        "policy": clock.policy,
        "calendar": clock.calendar,
        "length": clock.length // _TICK,
        "started_at": clock.started_at,
        "counted": clock.counted // _TICK,
        "running_since": clock.running_since,
        "due_at": clock.due_at,
        "met_at": clock.met_at,
        "ended_at": clock.ended_at,
    }
