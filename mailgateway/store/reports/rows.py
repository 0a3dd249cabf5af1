"""What a report counts, in aggregates of the database."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, Text, case, cast, func, literal, select, union_all

from mailgateway.desk.levels.timepiece import Target
from mailgateway.reports.asked import BY_ANSWER
from mailgateway.reports.counted import (
    AGES,
    Counted,
    Counting,
    Counts,
    Dimension,
    Promised,
    Scope,
    Share,
    Spread,
    Step,
    Success,
)
from mailgateway.reports.period import Period, Window
from mailgateway.store.engine import Transaction
from mailgateway.store.reports.populations import COLUMNS, Population, age_of, population

_MEDIAN, _P90 = 0.5, 0.9
_TIMED = (Counting.ANSWERED, Counting.SOLVED)
_COUNTS = tuple(one for one in Counting if one not in (Counting.KEPT, Counting.BROKEN, *_TIMED, *BY_ANSWER))


def counts(tx: Transaction, period: Period, scope: Scope, now: datetime) -> Counts:
    """Count all of a report. `now` is when it is made; every statement sees the same state of the database."""
    window, before = period.until(now), period.before_until(now)
    return Counts(
        now=counted(tx, window, scope),
        before=counted(tx, before, scope),
        shares=shares(tx, window, before, scope),
        ages=ages(tx, window, scope),
        steps=steps(tx, period.steps(now), scope),
        answers={author: number for author, number, _ in _efforts(tx, Counting.REPLIED, window, scope)},
        worked={agent: seconds for agent, _, seconds in _efforts(tx, Counting.WORKED, window, scope)},
    )


def counted(tx: Transaction, window: Window, scope: Scope) -> Counted:
    """Count what has one value for a window of time."""
    found: dict[Counting, int] = {one: count(tx, population(one, window).within(scope)) for one in _COUNTS}
    answer, solution = (spread(tx, population(one, window).within(scope)) for one in _TIMED)
    efforts = _efforts(tx, Counting.WORKED, window, scope)
    answers = by_answer(tx, window, scope)
    found |= {one: sum(numbers.values()) for one, numbers in answers.items()}
    return Counted(
        counts={**found, Counting.ANSWERED: answer.count, Counting.SOLVED: solution.count},
        answer=answer,
        solution=solution,
        promises=promises(tx, window, scope),
        worked=sum(seconds for _, _, seconds in efforts),
        knowledge={
            name: Success(*(answers[one].get(name, 0) for one in BY_ANSWER))
            for name in dict.fromkeys(name for numbers in answers.values() for name in numbers)
        },
    )


def count(tx: Transaction, of: Population) -> int:
    """Return how many there are."""
    wanted = select(func.count()).select_from(of.source).where(*of.conditions)
    return tx.connection.execute(wanted).scalar_one()


def promises(tx: Transaction, window: Window, scope: Scope) -> dict[str, Promised]:
    """Count the promises that were kept and broken, by target."""
    found: dict[str, Promised] = {}
    for target in Target:
        kept, broken = (
            count(tx, population(one, window, target.value).within(scope)) for one in (Counting.KEPT, Counting.BROKEN)
        )
        if kept or broken:
            found[target.value] = Promised(kept, broken)
    return found


def by_answer(tx: Transaction, window: Window, scope: Scope) -> dict[Counting, dict[str, int]]:
    """Count what answers of the knowledge did, each by its name."""
    found: dict[Counting, dict[str, int]] = {}
    for counting in BY_ANSWER:
        of = population(counting, window).within(scope)
        if of.answer is None:
            raise ValueError("no answer does this")
        wanted = select(of.answer, func.count()).select_from(of.source).where(*of.conditions).group_by(of.answer)
        found[counting] = {str(name): number for name, number in tx.connection.execute(wanted)}
    return found


def shares(tx: Transaction, window: Window, before: Window, scope: Scope) -> dict[Dimension, tuple[Share, ...]]:
    """Count the part of each value of each dimension: rows are found once, and told apart by all dimensions then."""
    opened, earlier, solved, left, rated, good = (
        _by(tx, population(counting, when).within(scope))
        for counting, when in (
            (Counting.OPENED, window),
            (Counting.OPENED, before),
            (Counting.SOLVED, window),
            (Counting.OPEN, window),
            (Counting.RATED, window),
            (Counting.RATED_GOOD, window),
        )
    )
    medians = _medians(tx, population(Counting.SOLVED, window).within(scope))
    values = {
        one: dict.fromkeys((*opened[one], *earlier[one], *solved[one], *left[one], *rated[one])) for one in Dimension
    }
    return {
        one: tuple(
            Share(
                value=value,
                opened=opened[one].get(value, 0),
                opened_before=earlier[one].get(value, 0),
                solved=solved[one].get(value, 0),
                open=left[one].get(value, 0),
                median=medians[one].get(value),
                rated=rated[one].get(value, 0),
                good=good[one].get(value, 0),
            )
            for value in values[one]
        )
        for one in Dimension
    }


def _by(tx: Transaction, timed: Population) -> dict[Dimension, dict[str | None, int]]:
    of = timed.untimed
    rows = select(*_values()).select_from(of.source).where(*of.conditions).cte("found")
    return _told_apart(tx, [select(*_value(rows, one), func.count()).group_by(rows.c[one]) for one in Dimension])


def _values() -> Iterator[ColumnElement[Any]]:
    """Give the columns of all dimensions, as text and by their names."""
    for dimension, column in COLUMNS.items():
        yield cast(column, Text()).label(dimension.value)


def _value(rows: Any, dimension: Dimension) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return literal(dimension.value), rows.c[dimension.value]


def _told_apart(tx: Transaction, parts: list[Any]) -> dict[Dimension, dict[str | None, Any]]:
    found: dict[Dimension, dict[str | None, Any]] = {dimension: {} for dimension in Dimension}
    for dimension, value, number in tx.connection.execute(union_all(*parts)):
        found[Dimension(dimension)][value] = number
    return found


def ages(tx: Transaction, window: Window, scope: Scope) -> tuple[int, ...]:
    """Count what is open at the end of a window by its age."""
    of = population(Counting.OPEN, window).within(scope)
    inner = select(age_of(window.ends).label("age")).select_from(of.source).where(*of.conditions).subquery()
    wanted = select(inner.c.age, func.count()).group_by(inner.c.age)
    found: dict[int, int] = {row.age: row[1] for row in tx.connection.execute(wanted)}
    return tuple(found.get(place, 0) for place in range(len(AGES) + 1))


def steps(tx: Transaction, wanted: Iterable[tuple[date, Window]], scope: Scope) -> tuple[Step, ...]:
    """Count what came and went in each of some windows, which follow each other."""
    steps = list(wanted)
    if not steps:
        return ()
    whole = Window(steps[0][1].begins, steps[-1][1].ends)
    opened, solved = (
        _by_step(tx, population(counting, whole).within(scope), steps)
        for counting in (Counting.OPENED, Counting.SOLVED)
    )
    return tuple(Step(day, opened.get(place, 0), solved.get(place, 0)) for place, (day, _) in enumerate(steps))


def _by_step(tx: Transaction, timed: Population, steps: list[tuple[date, Window]]) -> dict[int, int]:
    of = timed.untimed
    place = case(*((of.at < window.ends, place) for place, (_, window) in enumerate(steps))).label("place")
    inner = select(place).select_from(of.source).where(*of.conditions).subquery()
    wanted = select(inner.c.place, func.count()).group_by(inner.c.place)
    return {row.place: row[1] for row in tx.connection.execute(wanted)}


def spread(tx: Transaction, of: Population) -> Spread:
    """Return how long it took; medians are alike on both databases, to the last bit."""
    if of.plain is None:
        raise ValueError("this takes no time")
    counting = select(func.count(), func.count(case((of.plain, 1))))
    size, plain = tx.connection.execute(counting.select_from(of.source).where(*of.conditions)).one()
    if not size:
        return Spread(0, None, None, 0)
    median, p90 = (_quantiles_of if tx.dialect == "postgresql" else _quantiles_by_rank)(tx, of, size)
    return Spread(size, median, p90, plain)


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


def _medians(tx: Transaction, of: Population) -> dict[Dimension, dict[str | None, float]]:
    """Return the median of each value of each dimension: the middle one, or half-way between the middle two."""
    if of.seconds is None:
        raise ValueError("this takes no time")
    taken = select(of.seconds.label("seconds"), *_values()).select_from(of.source).where(*of.conditions).cte("taken")
    median = _median_of if tx.dialect == "postgresql" else _median_by_rank
    return _told_apart(tx, [median(taken, dimension) for dimension in Dimension])


def _median_of(taken: Any, dimension: Dimension) -> Any:
    median = func.percentile_cont(_MEDIAN).within_group(taken.c.seconds)
    return select(*_value(taken, dimension), median).group_by(taken.c[dimension])


def _median_by_rank(taken: Any, dimension: Dimension) -> Any:
    ranked = select(
        taken.c[dimension],
        taken.c.seconds,
        func.row_number().over(partition_by=taken.c[dimension], order_by=taken.c.seconds).label("rank"),
        func.count().over(partition_by=taken.c[dimension]).label("size"),
    ).subquery()
    middle = (ranked.c.rank * 2).between(ranked.c.size, ranked.c.size + 2)
    median = func.min(ranked.c.seconds) + (func.max(ranked.c.seconds) - func.min(ranked.c.seconds)) * 0.5
    return select(*_value(ranked, dimension), median).where(middle).group_by(ranked.c[dimension])


def _efforts(tx: Transaction, counting: Counting, window: Window, scope: Scope) -> list[tuple[str, int, int]]:
    """Return, for each who did something, how often and for how many seconds."""
    of = population(counting, window).within(scope)
    if of.author is None:
        raise ValueError("nobody does this")
    seconds = literal(0) if of.seconds is None else func.sum(of.seconds)
    wanted = select(of.author, func.count(), seconds).select_from(of.source).where(*of.conditions).group_by(of.author)
    return [(str(author), number, int(took)) for author, number, took in tx.connection.execute(wanted)]
