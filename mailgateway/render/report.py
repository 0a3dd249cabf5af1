"""A report -> a sheet: every figure, table and note in the words, numbers and dates of a language."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from jinja2 import pass_context
from jinja2.runtime import Context

from mailgateway.desk.plan import NoticeKind
from mailgateway.render.formats import span_in
from mailgateway.render.wording import Phrases, locale_of
from mailgateway.reports.counted import Dimension, Share
from mailgateway.reports.report import Age, Answer, Figure, Report, Unit

_MOST_ROWS = 15
NOTHING = "–"
_WORDS = {Dimension.TYPE: "type", Dimension.PRIORITY: "priority"}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure in words; `trend` is better, worse or empty where it is neither."""

    label: str
    value: str
    before: str
    change: str
    trend: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in words: the first column names, the others are numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report in words."""

    title: str
    period: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]
    notes: tuple[str, ...]


@pass_context
def sheet(context: Context, report: Report) -> Sheet:
    """Return a report in the words of a notice's reader."""
    phrases = context.resolve("phrases")
    if not isinstance(phrases, Phrases):
        raise TypeError("there are no words here")
    return as_sheet(report, replace(phrases, notice=NoticeKind.REPORT.value))


def laid_out(shown: Sheet | Grid) -> str:
    """Return figures or a table in columns of plain text, numbers to the right, in lines of 78 characters at most."""
    if isinstance(shown, Sheet):
        rows = [shown.columns, *((one.label, one.value, one.before, one.change) for one in shown.lines)]
    else:
        rows = [shown.columns, *shown.rows]
    widths = [max(map(len, column)) for column in zip(*(row[1:] for row in rows), strict=True)]
    room = max(12, min(max(len(row[0]) for row in rows), 78 - sum(widths) - 2 * len(widths)))
    lines = (
        "  ".join((_cut(row[0], room), *(cell.rjust(width) for cell, width in zip(row[1:], widths, strict=True))))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _cut(text: str, room: int) -> str:
    return f"{text[: room - 1]}…" if len(text) > room else text.ljust(room)


def as_sheet(report: Report, phrases: Phrases) -> Sheet:
    """Return a report in words."""
    return _Writer(report, phrases).sheet()


class _Writer:
    """Writes one report in one language."""

    def __init__(self, report: Report, phrases: Phrases) -> None:
        self._report = report
        self._phrases = phrases
        self._locale = locale_of(phrases.language)

    def sheet(self) -> Sheet:
        report = self._report
        before = report.period.before
        return Sheet(
            title=self._title(),
            period=self._days(report.period.first, report.period.last),
            columns=("", self._say("now"), self._say("before"), self._say("change")),
            lines=tuple(self._line(figure) for figure in report.figures),
            grids=tuple(grid for grid in self._grids() if grid.rows),
            notes=tuple(self._notes(self._days(before.first, before.last))),
        )

    def _say(self, key: str, **values: object) -> str:
        return self._phrases.phrase(key, values)

    def _title(self) -> str:
        scope = self._report.scope
        whose = " · ".join(one for one in (scope.group, scope.organisation) if one)
        return self._say("title_of", whose=whose) if whose else self._say("title")

    def _days(self, first: date, last: date) -> str:
        shown = [format_date(day, "long", locale=self._locale) for day in dict.fromkeys((first, last))]
        return " – ".join(shown)

    def _line(self, figure: Figure) -> Line:
        value, before = (self._shown(figure.unit, one) for one in (figure.value, figure.before))
        return Line(self._say(figure.name), value, before, self._change(figure), _trend(figure))

    def _shown(self, unit: Unit, value: float | None) -> str:
        if value is None:
            return NOTHING
        match unit:
            case Unit.COUNT:
                return self._number(value)
            case Unit.SHARE:
                return format_percent(value, format="#,##0.#%", locale=self._locale)
            case Unit.SPAN:
                return self._span(value)
            case Unit.WORK:
                return self._say("hours", n=self._number(round(value / 3_600, 1)))

    def _span(self, seconds: float | None) -> str:
        return NOTHING if seconds is None else span_in(timedelta(seconds=round(seconds)), self._locale, "narrow")

    def _number(self, value: float) -> str:
        return format_decimal(value, locale=self._locale)

    def _change(self, figure: Figure) -> str:
        if figure.value is None or figure.before is None or figure.value == figure.before:
            return "" if figure.value is None or figure.before is None else "="
        if figure.unit is Unit.SHARE:
            points = round((figure.value - figure.before) * 100, 1)
            return self._say("points", n=format_decimal(points, format="+#,##0.#;-#", locale=self._locale))
        if not figure.before:
            return ""
        return format_percent(figure.value / figure.before - 1, format="+#,##0%;-#,##0%", locale=self._locale)

    def _grids(self) -> Iterator[Grid]:
        report = self._report
        yield Grid(
            self._say("ages"),
            (self._say("age"), self._say("left")),
            tuple((self._age(place, age), self._number(age.count)) for place, age in enumerate(report.ages)),
        )
        for dimension, shares in report.shares:
            if any(share.value is not None for share in shares):
                yield self._part(dimension, shares)
        yield self._efforts()
        yield self._answers()
        yield self._usage()

    def _part(self, dimension: Dimension, shares: tuple[Share, ...]) -> Grid:
        """Return the table of a dimension; how tickets were rated only where any was."""
        is_rated = any(share.rated for share in shares)
        heads = ("opened", "before", "solved", "left", "median", *(("good",) if is_rated else ()))
        rows = [self._share(dimension, share)[: len(heads) + 1] for share in shares[:_MOST_ROWS]]
        rows += self._rest(len(shares), len(heads))
        columns = (self._say(dimension.value), *(self._say(key) for key in heads))
        return Grid(self._say(f"by_{dimension.value}"), columns, tuple(rows))

    def _rest(self, count: int, columns: int) -> list[tuple[str, ...]]:
        """Return the row that tells how many are left out, where any are."""
        more = count - _MOST_ROWS
        return [(self._say("more", n=more), *("",) * columns)] if more > 0 else []

    def _efforts(self) -> Grid:
        efforts = self._report.efforts
        rows = [
            (one.agent, self._number(one.answers), self._shown(Unit.WORK, one.seconds or None))
            for one in efforts[:_MOST_ROWS]
        ]
        columns = (self._say("assignee"), self._say("replied"), self._say("worked"))
        return Grid(self._say("efforts"), columns, tuple(rows + self._rest(len(efforts), 2)))

    def _answers(self) -> Grid:
        """Return how answers of the knowledge did, every number with that of the period before in brackets."""
        answers = self._report.answers
        columns = ("answer", "inserted", "proposed", "sent", "helped", "not_helped", "share")
        rows = [(one.name, *self._success(one)) for one in answers[:_MOST_ROWS]]
        rows += self._rest(len(answers), len(columns) - 1)
        return Grid(self._say("answers"), tuple(map(self._say, columns)), tuple(rows))

    def _success(self, one: Answer) -> Iterator[str]:
        for measure in ("inserted", "proposed", "sent", "helped", "not_helped"):
            now, before = (self._number(getattr(success, measure)) for success in (one.now, one.before))
            yield f"{now} ({before})"
        shares = [success.share for success in (one.now, one.before)]
        now, before = (NOTHING if share is None else format_percent(share, locale=self._locale) for share in shares)
        yield f"{now} ({before})"

    def _age(self, place: int, age: Age) -> str:
        ages = self._report.ages
        if place + 1 == len(ages):
            return self._say("older", days=age.days)
        return self._say("younger", days=ages[place + 1].days)

    def _share(self, dimension: Dimension, share: Share) -> tuple[str, ...]:
        name = (
            self._say("nobody" if dimension is Dimension.ASSIGNEE else "none") if share.value is None else share.value
        )
        counts = (share.opened, share.opened_before, share.solved, share.open)
        word = self._phrases.word(_WORDS[dimension], name) if dimension in _WORDS else name
        good = self._shown(Unit.SHARE, share.good / share.rated if share.rated else None)
        return (word, *(self._number(count) for count in counts), self._span(share.median), good)

    def _usage(self) -> Grid:
        rows = tuple(
            (
                f"{one.organisation} ({one.contract})",
                self._say(f"{one.unit}_of", used=self._number(round(one.used, 1)), amount=self._number(one.amount)),
                format_percent(one.used / one.amount, locale=self._locale),
            )
            for one in self._report.usage[:_MOST_ROWS]
        )
        return Grid(self._say("usage"), (self._say("organisation"), self._say("used"), "%"), rows)

    def _notes(self, before: str) -> Iterator[str]:
        report = self._report
        yield self._say("compared", period=before)
        if not report.is_over:
            yield self._say("not_over")
        if report.plain and report.plain == report.measured:
            yield self._say("all_plain")
        elif report.plain:
            yield self._say("some_plain", plain=self._number(report.plain), measured=self._number(report.measured))
        elif report.measured:
            yield self._say("business_time")


def _trend(figure: Figure) -> str:
    if figure.value is None or figure.before is None or figure.less_is_better is None or figure.value == figure.before:
        return ""
    return "better" if (figure.value < figure.before) == figure.less_is_better else "worse"
