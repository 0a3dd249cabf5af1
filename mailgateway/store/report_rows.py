"""What a report counts, in aggregates of the database; ticket by ticket are read only the lists behind its figures."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Subquery, cast, func, literal, select, union_all

from mailgateway.desk.levels.timepiece import Target
from mailgateway.reports.asked import Asked
from mailgateway.reports.counted import (
    AGES,
    Counted,
    Counting,
    Counts,
    Dimension,
    Listed,
    Promised,
    Scope,
    Share,
    Spread,
    Step,
)
from mailgateway.reports.period import Period, Window
from mailgateway.store.engine import Transaction
from mailgateway.store.populations import COLUMNS, Population, age_of, population
from mailgateway.store.tables import TicketRow

_MEDIAN, _P90 = 0.5, 0.9
_COUNTS = tuple(one for one in Counting if one not in (Counting.KEPT, Counting.BROKEN))


def counts(tx: Transaction, period: Period, scope: Scope, now: datetime) -> Counts:
    """Count all of a report. `now` is when it is made; every statement sees the same state of the database."""
    window, before = period.until(now), period.before_until(now)
    return Counts(
        now=_counted(tx, window, scope),
        before=_counted(tx, before, scope),
        shares={dimension: _shares(tx, dimension, window, before, scope) for dimension in Dimension},
        ages=_ages(tx, window, scope),
        steps=_steps(tx, period.steps(now), scope),
    )


def listed(tx: Transaction, asked: Asked, window: Window, scope: Scope, limit: int = 0) -> tuple[Listed, ...]:
    """Return what is behind a figure, the newest first: as many as it counts, or `limit`."""
    of = population(asked.counting, window, asked.target).within(scope)
    if asked.dimension is not None:
        of = of.of(asked.dimension, asked.value)
    if asked.age is not None:
        of = of.aged(asked.age, window.ends)
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
        )
        .select_from(of.source)
        .where(*of.conditions)
        .order_by(of.at.desc(), TicketRow.number.desc())
        .limit(limit or None)
    )
    return tuple(_listed(tuple(row)) for row in tx.connection.execute(wanted))


def _listed(row: tuple[Any, ...]) -> Listed:
    number, subject, status, kind, priority, *more = row
    return Listed(number, subject, status.value, kind.value, priority.value, *more)


def _counted(tx: Transaction, window: Window, scope: Scope) -> Counted:
    found: dict[Counting, int] = {one: _count(tx, population(one, window).within(scope)) for one in _COUNTS}
    return Counted(
        counts=found,
        answer=_spread(tx, population(Counting.ANSWERED, window).within(scope), found[Counting.ANSWERED]),
        solution=_spread(tx, population(Counting.SOLVED, window).within(scope), found[Counting.SOLVED]),
        promises=_promises(tx, window, scope),
    )


def _count(tx: Transaction, of: Population) -> int:
    wanted = select(func.count()).select_from(of.source).where(*of.conditions)
    return tx.connection.execute(wanted).scalar_one()


def _promises(tx: Transaction, window: Window, scope: Scope) -> dict[str, Promised]:
    found: dict[str, Promised] = {}
    for target in Target:
        kept, broken = (
            _count(tx, population(one, window, target.value).within(scope)) for one in (Counting.KEPT, Counting.BROKEN)
        )
        if kept or broken:
            found[target.value] = Promised(kept, broken)
    return found


def _shares(tx: Transaction, dimension: Dimension, window: Window, before: Window, scope: Scope) -> tuple[Share, ...]:
    opened, earlier, solved, left = (
        _by(tx, dimension, population(counting, when).within(scope))
        for counting, when in (
            (Counting.OPENED, window),
            (Counting.OPENED, before),
            (Counting.SOLVED, window),
            (Counting.OPEN, window),
        )
    )
    medians = _medians(tx, dimension, population(Counting.SOLVED, window).within(scope))
    values = dict.fromkeys((*opened, *earlier, *solved, *left))
    return tuple(
        Share(
            value=value,
            opened=opened.get(value, 0),
            opened_before=earlier.get(value, 0),
            solved=solved.get(value, 0),
            open=left.get(value, 0),
            median=medians.get(value),
        )
        for value in values
    )


def _by(tx: Transaction, dimension: Dimension, of: Population) -> dict[str | None, int]:
    column = COLUMNS[dimension]
    wanted = select(column, func.count()).select_from(of.source).where(*of.conditions).group_by(column)
    return {_word(value): count for value, count in tx.connection.execute(wanted)}


def _ages(tx: Transaction, window: Window, scope: Scope) -> tuple[int, ...]:
    of = population(Counting.OPEN, window).within(scope)
    inner = select(age_of(window.ends).label("age")).select_from(of.source).where(*of.conditions).subquery()
    wanted = select(inner.c.age, func.count()).group_by(inner.c.age)
    found: dict[int, int] = {row.age: row[1] for row in tx.connection.execute(wanted)}
    return tuple(found.get(place, 0) for place in range(len(AGES) + 1))


def _steps(tx: Transaction, steps: Iterable[tuple[date, Window]], scope: Scope) -> tuple[Step, ...]:
    days, counted = [], []
    for place, (day, window) in enumerate(steps):
        days.append(day)
        for way, counting in enumerate((Counting.OPENED, Counting.SOLVED)):
            of = population(counting, window).within(scope)
            wanted = select(literal(place, Integer()), literal(way, Integer()), func.count())
            counted.append(wanted.select_from(of.source).where(*of.conditions))
    if not counted:
        return ()
    found = {(place, way): count for place, way, count in tx.connection.execute(union_all(*counted))}
    return tuple(Step(day, found[place, 0], found[place, 1]) for place, day in enumerate(days))


def _spread(tx: Transaction, of: Population, count: int) -> Spread:
    """Return how long it took; medians are alike on both databases, to the last bit."""
    if not count or of.plain is None:
        return Spread(0, None, None, 0)
    median, p90 = (_quantiles_of if tx.dialect == "postgresql" else _quantiles_by_rank)(tx, of, count)
    plain = select(func.count()).select_from(of.source).where(*of.conditions, of.plain)
    return Spread(count, median, p90, tx.connection.execute(plain).scalar_one())


def _took(of: Population, *columns: Any) -> Subquery:
    if of.seconds is None:
        raise ValueError("this takes no time")
    taken = select(of.seconds.label("seconds"), *columns)
    return taken.select_from(of.source).where(*of.conditions).subquery()


def _quantiles_of(tx: Transaction, of: Population, _: int) -> tuple[float, float]:
    taken = _took(of)
    wanted = select(*(func.percentile_cont(share).within_group(taken.c.seconds) for share in (_MEDIAN, _P90)))
    median, p90 = tx.connection.execute(wanted).one()
    return float(median), float(p90)


def _quantiles_by_rank(tx: Transaction, of: Population, count: int) -> tuple[float, float]:
    """Take the values at the ranks between which a quantile lies: what percentile_cont does."""
    taken = _took(of)
    ranked = select(taken.c.seconds, func.row_number().over(order_by=taken.c.seconds).label("rank")).subquery()
    places = [share * (count - 1) for share in (_MEDIAN, _P90)]
    ranks = {rank for place in places for rank in (int(place) + 1, min(int(place) + 2, count))}
    wanted = select(ranked.c.rank, ranked.c.seconds).where(ranked.c.rank.in_(sorted(ranks)))
    at: dict[int, int] = {row.rank: row.seconds for row in tx.connection.execute(wanted)}
    median, p90 = (
        at[int(place) + 1] + (place - int(place)) * (at[min(int(place) + 2, count)] - at[int(place) + 1])
        for place in places
    )
    return median, p90


def _medians(tx: Transaction, dimension: Dimension, of: Population) -> dict[str | None, float]:
    """Return the median of each value of a dimension: the middle one, or half-way between the middle two."""
    taken = _took(of, COLUMNS[dimension].label("value"))
    ranked = select(
        taken.c.value,
        taken.c.seconds,
        func.row_number().over(partition_by=taken.c.value, order_by=taken.c.seconds).label("rank"),
        func.count().over(partition_by=taken.c.value).label("size"),
    ).subquery()
    size = cast(ranked.c.size, Integer())
    middle = (ranked.c.rank * 2).between(size, size + 2)
    wanted = select(ranked.c.value, func.min(ranked.c.seconds), func.max(ranked.c.seconds))
    rows = tx.connection.execute(wanted.where(middle).group_by(ranked.c.value))
    return {_word(value): least + 0.5 * (most - least) for value, least, most in rows}


def _word(value: Any) -> str | None:
    return None if value is None else str(value)
