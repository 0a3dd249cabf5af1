"""The tickets behind each figure of a report, as conditions: what is counted and what is listed is the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from mailgateway.desk.answers.changes import AnswerUse
from mailgateway.desk.answers.knowledge import AnswerOutcome
from mailgateway.desk.customers.organisations import Unit
from mailgateway.desk.customers.wish import Wish
from mailgateway.desk.levels.timepiece import Target
from mailgateway.reports.counted import AGES, Counting, Dimension, Scope
from mailgateway.reports.period import Window
from mailgateway.store.tables.answers import AnswerUseRow, SentAnswerRow
from mailgateway.store.tables.tickets import ArticleRow, EventRow, TicketRow
from mailgateway.store.tables.time import ClockRow, SpellRow, WorkRow
from mailgateway.store.tables.wishes import RatingRow

_TICKS = 1_000_000
# spelled out, as an index of these rows alone is found by nothing else
_CAME_BACK = EventRow.what.in_([literal_column("'undelivered'"), literal_column("'delivery_failed'")])
_ANSWERS_SENT = and_(ArticleRow.direction == literal_column("'out'"), ArticleRow.kind == literal_column("'public'"))
COLUMNS: Mapping[Dimension, ColumnElement[Any]] = {
    Dimension.TYPE: TicketRow.type.expression,
    Dimension.PRIORITY: TicketRow.priority.expression,
    Dimension.GROUP: TicketRow.group.expression,
    Dimension.ORGANISATION: TicketRow.organisation.expression,
    Dimension.CI: TicketRow.ci.expression,
    Dimension.ASSIGNEE: TicketRow.assignee.expression,
}


class whole_seconds(GenericFunction[int]):  # noqa: N801 - it is called as functions of SQL are
    """Whole seconds since 1970 of an instant: the one thing that each database reckons with words of its own."""

    type = BigInteger()
    inherit_cache = True


@compiles(whole_seconds, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **more)}) AS INTEGER)"


@compiles(whole_seconds, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **more)})) AS BIGINT)"


@dataclass(frozen=True, slots=True)
class Population:
    """Rows that are counted.

    `at` is when it happened; `seconds` how long it took, `plain` where that was not counted by a clock of the ticket;
    `author` who did it, `answer` by which of the knowledge. `counted_in` is the source without what only tells how long
    it took.
    """

    source: FromClause
    conditions: tuple[ColumnElement[bool], ...]
    at: ColumnElement[Any]
    seconds: ColumnElement[Any] | None = None
    plain: ColumnElement[bool] | None = None
    author: ColumnElement[Any] | None = None
    answer: ColumnElement[Any] | None = None
    counted_in: FromClause | None = None

    @property
    def untimed(self) -> "Population":
        """Return it for counting alone."""
        return self if self.counted_in is None else replace(self, source=self.counted_in, seconds=None, plain=None)

    def within(self, scope: Scope) -> "Population":
        """Return those of a group, of an organisation."""
        conditions = self.conditions
        if scope.group is not None:
            conditions = (*conditions, TicketRow.group == scope.group)
        if scope.organisation is not None:
            conditions = (*conditions, TicketRow.organisation == scope.organisation)
        return replace(self, conditions=conditions)

    def of(self, dimension: Dimension, value: str | None) -> "Population":
        """Return those with a value of a dimension, or with none."""
        # compared as text: what is no word of a list has no tickets, and is no mistake here
        column = COLUMNS[dimension]
        wanted = column.is_(None) if value is None else func.coalesce(column, literal("")) == literal(value)
        return replace(self, conditions=(*self.conditions, wanted))

    def by(self, author: str) -> "Population":
        """Return what somebody did."""
        if self.author is None:
            raise ValueError("nobody does this")
        return replace(self, conditions=(*self.conditions, self.author == author))

    def through(self, answer: str) -> "Population":
        """Return what an answer of the knowledge did."""
        if self.answer is None:
            raise ValueError("no answer does this")
        return replace(self, conditions=(*self.conditions, self.answer == answer))

    def aged(self, age: int, at: datetime) -> "Population":
        """Return those that were of an age at an instant, by its place among the ages."""
        return replace(self, conditions=(*self.conditions, age_of(at) == age))


def age_of(at: datetime) -> ColumnElement[int]:
    """Return the place of a ticket's age at an instant: 0 for the youngest."""
    bounds = [(TicketRow.created_at > at - timedelta(days=days), place) for place, days in enumerate(AGES)]
    return case(*bounds, else_=len(AGES))


def population(counting: Counting, window: Window, target: str = "") -> Population:
    """Return what is counted in a window of time."""
    if counting in (Counting.KEPT, Counting.BROKEN):
        return _PROMISED[counting](window, Target(target))
    return _POPULATIONS[counting](window)


def _in(column: Any, window: Window) -> ColumnElement[bool]:
    return and_(column >= window.begins, column < window.ends)


def _opened(window: Window) -> Population:
    return Population(TicketRow.__table__, (_in(TicketRow.created_at, window),), TicketRow.created_at.expression)


_SPELLS = SpellRow.__table__.join(TicketRow.__table__, SpellRow.ticket == TicketRow.number)


def _timed(
    source: FromClause, begin: Any, end: Any, target: Target, *more: ColumnElement[bool]
) -> tuple[Any, Any, Any]:
    """Return a source with the clock that ended at the same instant, how long it took, and whether there was none."""
    clock = and_(ClockRow.ticket == TicketRow.number, ClockRow.target == target, ClockRow.met_at == end, *more)
    counted = source.outerjoin(ClockRow.__table__, clock)
    plain = ClockRow.counted.is_(None)
    seconds = case(
        (plain, whole_seconds(end) - whole_seconds(begin)),
        else_=ClockRow.counted.op("/")(literal(_TICKS, BigInteger())),
    )
    return counted, seconds, plain


def _solved(window: Window) -> Population:
    source, seconds, plain = _timed(_SPELLS, SpellRow.began_at, SpellRow.ended_at, Target.RESOLUTION)
    at = SpellRow.ended_at.expression
    return Population(source, (_in(SpellRow.ended_at, window),), at, seconds, plain, counted_in=_SPELLS)


def _answered(window: Window) -> Population:
    source, seconds, plain = _timed(
        TicketRow.__table__, TicketRow.created_at, TicketRow.answered_at, Target.FIRST_RESPONSE, ClockRow.cycle == 1
    )
    return Population(source, (_in(TicketRow.answered_at, window),), TicketRow.answered_at.expression, seconds, plain)


def _open(window: Window) -> Population:
    """Those open at the end of the window."""
    still = or_(SpellRow.ended_at.is_(None), SpellRow.ended_at >= window.ends)
    # nearly all began before: found by that, as SQLite would, each of them had to be looked at
    began = func.coalesce(SpellRow.began_at, SpellRow.began_at) < window.ends
    return Population(_SPELLS, (still, began), SpellRow.began_at.expression)


def _reopened(window: Window) -> Population:
    began = _in(SpellRow.began_at, window)
    return Population(_SPELLS, (began, SpellRow.spell > 1), SpellRow.began_at.expression)


def _came_back(window: Window) -> Population:
    return _with(_opened(window), exists().where(EventRow.ticket == TicketRow.number).where(_CAME_BACK))


_ANSWERS = TicketRow.__table__.join(SentAnswerRow.__table__, SentAnswerRow.ticket == TicketRow.number)


def _sent_answer(window: Window) -> Population:
    return replace(_opened(window), source=_ANSWERS, answer=SentAnswerRow.name.expression)


def _judged_as(outcome: AnswerOutcome) -> Callable[[Window], Population]:
    return lambda window: _with(_sent_answer(window), SentAnswerRow.outcome == outcome)


_USES = AnswerUseRow.__table__.join(TicketRow.__table__, AnswerUseRow.ticket == TicketRow.number)


def _used_as(use: AnswerUse) -> Callable[[Window], Population]:
    at, answer = AnswerUseRow.at.expression, AnswerUseRow.name.expression
    return lambda window: Population(_USES, (AnswerUseRow.use == use, _in(at, window)), at, answer=answer)


_RATINGS = TicketRow.__table__.join(RatingRow.__table__, RatingRow.ticket == TicketRow.number)


def _rated(window: Window) -> Population:
    return Population(_RATINGS, (_in(RatingRow.at, window),), RatingRow.at.expression)


def _rated_as(value: Wish) -> Callable[[Window], Population]:
    return lambda window: _with(_rated(window), RatingRow.value == value.value)


_ARTICLES = ArticleRow.__table__.join(TicketRow.__table__, ArticleRow.ticket == TicketRow.number)
_WORK = WorkRow.__table__.join(TicketRow.__table__, WorkRow.ticket == TicketRow.number)


def _replied(window: Window) -> Population:
    """What was sent to customers, answer by answer."""
    at, author = ArticleRow.at.expression, ArticleRow.sender_address.expression
    return Population(_ARTICLES, (_ANSWERS_SENT, _in(ArticleRow.at, window)), at, author=author)


def _worked(window: Window) -> Population:
    at, author = WorkRow.at.expression, WorkRow.agent.expression
    return Population(_WORK, (_in(WorkRow.at, window),), at, WorkRow.minutes * 60, author=author)


def charged(organisation: str, unit: Unit, window: Window) -> Population:
    """Return what counts for the contract of an organisation: tickets by when they were opened, or work noted."""
    if unit is Unit.TICKETS:
        return _with(_opened(window), TicketRow.organisation == organisation)
    return _with(_worked(window), WorkRow.organisation == organisation)


def _with(of: Population, condition: ColumnElement[bool]) -> Population:
    return replace(of, conditions=(*of.conditions, condition))


_CLOCKS = ClockRow.__table__.join(TicketRow.__table__, ClockRow.ticket == TicketRow.number)
_SECONDS = ClockRow.counted.op("/")(literal(_TICKS, BigInteger()))


def _kept(window: Window, target: Target) -> Population:
    in_time = or_(ClockRow.due_at.is_(None), ClockRow.met_at <= ClockRow.due_at)
    conditions = (_in(ClockRow.met_at, window), ClockRow.target == target, in_time)
    return Population(_CLOCKS, conditions, ClockRow.met_at.expression, _SECONDS)


def _broken(window: Window, target: Target) -> Population:
    """Those whose time ran out in the window, met later or not yet; what was called off was not broken."""
    late = or_(ClockRow.met_at.is_(None), ClockRow.met_at > ClockRow.due_at)
    promised = and_(ClockRow.ended_at.is_(None), ClockRow.due_at.is_not(None))
    conditions = (promised, _in(ClockRow.due_at, window), ClockRow.target == target, late)
    return Population(_CLOCKS, conditions, ClockRow.due_at.expression)


_PROMISED = {Counting.KEPT: _kept, Counting.BROKEN: _broken}
_POPULATIONS: Mapping[Counting, Callable[[Window], Population]] = {
    Counting.OPENED: _opened,
    Counting.SOLVED: _solved,
    Counting.REOPENED: _reopened,
    Counting.OPEN: _open,
    Counting.ANSWERED: _answered,
    Counting.CAME_BACK: _came_back,
    Counting.PROPOSED: _used_as(AnswerUse.PROPOSED),
    Counting.INSERTED: _used_as(AnswerUse.INSERTED),
    Counting.SENT_ANSWER: _sent_answer,
    Counting.HELPED: _judged_as(AnswerOutcome.HELPED),
    Counting.NOT_HELPED: _judged_as(AnswerOutcome.NOT_HELPED),
    Counting.RATED: _rated,
    Counting.RATED_GOOD: _rated_as(Wish.GOOD),
    Counting.RATED_OK: _rated_as(Wish.OK),
    Counting.RATED_BAD: _rated_as(Wish.BAD),
    Counting.REPLIED: _replied,
    Counting.WORKED: _worked,
}
