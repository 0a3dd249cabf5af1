"""Counts -> the report: figures beside those of the period before, and tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailgateway.reports.asked import BY_ANSWER, CONTRACT
from mailgateway.reports.counted import (
    AGES,
    Counted,
    Counting,
    Counts,
    Dimension,
    Effort,
    Scope,
    Share,
    Step,
    Success,
    Usage,
)
from mailgateway.reports.period import Period


class Unit(StrEnum):
    """What a figure is told in: a number, a share of 1, seconds, or seconds of work."""

    COUNT = "count"
    SHARE = "share"
    SPAN = "span"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and what it was in the period before; None where there was nothing to measure.

    `asked` is how to ask for the list of its tickets. Of `less_is_better` None says that neither is.
    """

    name: str
    unit: Unit
    value: float | None
    before: float | None
    asked: str
    less_is_better: bool | None = None


@dataclass(frozen=True, slots=True)
class Age:
    """How many open tickets are at least `days` old, and younger than the next age."""

    days: int
    count: int
    asked: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the knowledge by its name, how it did, and how it did in the period before."""

    name: str
    now: Success
    before: Success


@dataclass(frozen=True, slots=True)
class Report:
    """A report. `plain` tells how many of `measured` answers and solutions were not taken in business time."""

    period: Period
    scope: Scope
    made_at: datetime
    figures: tuple[Figure, ...]
    ages: tuple[Age, ...]
    shares: tuple[tuple[Dimension, tuple[Share, ...]], ...]
    steps: tuple[Step, ...]
    usage: tuple[Usage, ...]
    efforts: tuple[Effort, ...]
    answers: tuple[Answer, ...]
    plain: int
    measured: int

    @property
    def is_over(self) -> bool:
        """Tell whether the period was over when it was made."""
        return self.period.whole.ends <= self.made_at

    @property
    def lists(self) -> tuple[str, ...]:
        """How to ask for each list of tickets that is behind its figures, its answers and its contracts."""
        asked = [figure.asked for figure in self.figures]
        asked += [one.value for one in BY_ANSWER] if self.answers else []
        return tuple(dict.fromkeys((*asked, *(asked_of(one) for one in self.usage))))

    def for_customer(self) -> "Report":
        """Return it as its organisation may see it.

        There is nothing in it by group, agent, item, organisation or answer, and no time noted but by its contract.
        """
        shares = tuple((dimension, shares) for dimension, shares in self.shares if dimension in _FOR_CUSTOMERS)
        figures = tuple(one for one in self.figures if one.name != Counting.WORKED)
        return replace(self, shares=shares, figures=figures, efforts=(), answers=())

    @property
    def inside(self) -> tuple[str, ...]:
        """The names in it that are no business of the organisation that it is about."""
        named = [
            f"{dimension.value} {share.value}"
            for dimension, shares in self.shares
            if dimension not in _FOR_CUSTOMERS
            for share in shares
            if share.value is not None
        ]
        others = (one.organisation for one in self.usage if one.organisation != self.scope.organisation)
        agents = (f"agent {one.agent}" for one in self.efforts)
        answers = (f"answer {one.name}" for one in self.answers)
        return (*named, *agents, *answers, *(f"organisation {name}" for name in others))

    def with_usage(self, usage: Iterable[Usage]) -> "Report":
        """Return it with what contracts were used, the most used first."""
        return replace(self, usage=tuple(sorted(usage, key=lambda one: (-one.used / one.amount, one.organisation))))

    def with_efforts(self, efforts: Iterable[Effort]) -> "Report":
        """Return it with who did what, those who answered most first."""
        return replace(self, efforts=tuple(sorted(efforts, key=lambda one: (-one.answers, -one.seconds, one.agent))))


_FOR_CUSTOMERS = (Dimension.TYPE, Dimension.PRIORITY)


def asked_of(usage: Usage) -> str:
    """Return how to ask for the tickets behind what was used of a contract."""
    return f"{CONTRACT}:{usage.organisation}"


def as_report(counts: Counts, period: Period, scope: Scope, made_at: datetime) -> Report:
    """Return the report of what was counted."""
    spreads = (counts.now.answer, counts.now.solution)
    return Report(
        period=period,
        scope=scope,
        made_at=made_at,
        figures=tuple(_figures(counts.now, counts.before)),
        ages=tuple(Age(days, count, f"open:age={days}") for days, count in zip((0, *AGES), counts.ages, strict=True)),
        shares=tuple((dimension, _in_order(counts.shares[dimension])) for dimension in Dimension),
        steps=counts.steps,
        usage=(),
        efforts=(),
        answers=tuple(_answers(counts.now, counts.before)),
        plain=sum(spread.plain for spread in spreads),
        measured=sum(spread.count for spread in spreads),
    )


def _in_order(shares: tuple[Share, ...]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda one: (-one.opened, -one.open, -one.solved, one.value or "")))


def _answers(now: Counted, before: Counted) -> list[Answer]:
    """Return how each answer did, those first that did most."""
    names = dict.fromkeys((*now.knowledge, *before.knowledge))
    found = [Answer(name, now.knowledge.get(name, Success()), before.knowledge.get(name, Success())) for name in names]
    return sorted(found, key=lambda one: (-one.now.sent, -one.now.inserted, -one.now.proposed, one.name))


def _figures(now: Counted, before: Counted) -> Iterator[Figure]:
    yield _count(Counting.OPENED, now, before)
    yield _count(Counting.SOLVED, now, before)
    yield _count(Counting.OPEN, now, before, less_is_better=True)
    for name, asked, spreads in (
        ("first_response", Counting.ANSWERED, (now.answer, before.answer)),
        ("resolution", Counting.SOLVED, (now.solution, before.solution)),
    ):
        this, that = spreads
        yield Figure(f"{name}_median", Unit.SPAN, this.median, that.median, asked.value, less_is_better=True)
        yield Figure(f"{name}_p90", Unit.SPAN, this.p90, that.p90, asked.value, less_is_better=True)
    yield from _attainment(now, before)
    yield _rate("reopened", Counting.REOPENED, Counting.SOLVED, now, before)
    yield _rate("came_back", Counting.CAME_BACK, Counting.OPENED, now, before)
    yield _rate("sent_answer", Counting.SENT_ANSWER, Counting.OPENED, now, before, less_is_better=None)
    yield _rate("helped", Counting.HELPED, Counting.SENT_ANSWER, now, before, less_is_better=False)
    yield _count(Counting.RATED, now, before)
    yield _rate("rated_good", Counting.RATED_GOOD, Counting.RATED, now, before, less_is_better=False)
    yield _rate("rated_ok", Counting.RATED_OK, Counting.RATED, now, before, less_is_better=None)
    yield _rate("rated_bad", Counting.RATED_BAD, Counting.RATED, now, before)
    yield _count(Counting.REPLIED, now, before)
    if now.worked or before.worked:
        yield Figure(Counting.WORKED.value, Unit.WORK, now.worked, before.worked, Counting.WORKED.value)


def _count(of: Counting, now: Counted, before: Counted, *, less_is_better: bool | None = None) -> Figure:
    return Figure(of.value, Unit.COUNT, now.counts[of], before.counts[of], of.value, less_is_better)


def _rate(
    name: str, part: Counting, whole: Counting, now: Counted, before: Counted, *, less_is_better: bool | None = True
) -> Figure:
    value, earlier = (_ratio(one.counts[part], one.counts[whole]) for one in (now, before))
    return Figure(f"{name}_rate", Unit.SHARE, value, earlier, part.value, less_is_better)


def _attainment(now: Counted, before: Counted) -> Iterator[Figure]:
    """Give the share of promises that were kept, for each target that there were promises for."""
    for target in dict.fromkeys((*now.promises, *before.promises)):
        found = (one.promises.get(target) for one in (now, before))
        value, earlier = (None if one is None else _ratio(one.kept, one.kept + one.broken) for one in found)
        asked = f"{Counting.BROKEN.value}:{target}"
        yield Figure(f"{target}_kept", Unit.SHARE, value, earlier, asked, less_is_better=False)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
