"""A report and the lists behind it as plain values: for JSON, and as rows for CSV."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime

from mailgateway.reports.asked import NONE
from mailgateway.reports.counted import Listed
from mailgateway.reports.report import Report, asked_of

COLUMNS = ("table", "row", "measure", "value")
LISTED = (
    "number",
    "subject",
    "status",
    "type",
    "priority",
    "group",
    "assignee",
    "organisation",
    "ci",
    "requester",
    "created_at",
    "at",
    "seconds",
    "answer",
)
FOR_CUSTOMERS = tuple(name for name in LISTED if name not in ("group", "assignee", "organisation", "ci", "answer"))
"""What a customer may see of the tickets behind a figure."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
"""What ends a line, moves the cursor of a terminal, or turns the direction of writing."""

_FORMULA = re.compile(r"""(^|;)([ "']*)(?=[=+\-@＝＋－＠])""")
"""Where a cell may begin with a sign of formulas: many languages have the semicolon between cells."""

_MEASURES = ("opened", "opened_before", "solved", "open", "median", "rated", "good")


def as_object(report: Report) -> dict[str, object]:
    """Return a report as JSON has it. Spans are in seconds, shares parts of 1, null stands for nothing."""
    return {
        "period": _days(report.period.first, report.period.last),
        "before": _days(report.period.before.first, report.period.before.last),
        "timezone": str(report.period.zone),
        "group": report.scope.group,
        "organisation": report.scope.organisation,
        "made_at": report.made_at.astimezone(UTC).isoformat(),
        "is_over": report.is_over,
        "figures": {
            one.name: {"unit": one.unit.value, "value": one.value, "before": one.before, "list": one.asked}
            for one in report.figures
        },
        "ages": [{"days": age.days, "open": age.count, "list": age.asked} for age in report.ages],
        "by": {dimension.value: [asdict(share) for share in shares] for dimension, shares in report.shares},
        "steps": [{"day": step.day.isoformat(), "opened": step.opened, "solved": step.solved} for step in report.steps],
        "contracts": [{**asdict(one), "begins": one.begins.isoformat(), "list": asked_of(one)} for one in report.usage],
        "efforts": [asdict(one) for one in report.efforts],
        "answers": [{"answer": one.name, **asdict(one.now), "before": asdict(one.before)} for one in report.answers],
        "measured": report.measured,
        "plain": report.plain,
    }


def as_rows(report: Report) -> Iterator[tuple[object, ...]]:
    """Give a report as rows, one a value, the names of the columns first."""
    yield COLUMNS
    for figure in report.figures:
        yield "figures", figure.name, "now", figure.value
        yield "figures", figure.name, "before", figure.before
    for age in report.ages:
        yield "ages", f"{age.days} days", "open", age.count
    yield from _shares(report)
    for step in report.steps:
        yield "steps", step.day.isoformat(), "opened", step.opened
        yield "steps", step.day.isoformat(), "solved", step.solved
    for effort in report.efforts:
        yield "efforts", harmless(effort.agent), "answers", effort.answers
        yield "efforts", harmless(effort.agent), "seconds", effort.seconds
    for answer in report.answers:
        for measure, value in asdict(answer.now).items():
            yield "answers", harmless(answer.name), measure, value
            yield "answers", harmless(answer.name), f"{measure}_before", getattr(answer.before, measure)
    for one in report.usage:
        yield "contracts", harmless(one.organisation), f"{one.unit}_used", one.used
        yield "contracts", harmless(one.organisation), one.unit, one.amount


def _shares(report: Report) -> Iterator[tuple[object, ...]]:
    for dimension, shares in report.shares:
        for share in shares:
            for measure in _MEASURES:
                name = NONE if share.value is None else share.value
                yield dimension.value, harmless(name), measure, getattr(share, measure)


def listed_object(one: Listed) -> dict[str, object]:
    """Return a ticket behind a figure as JSON has it."""
    return {name: _plain(getattr(one, name)) for name in LISTED}


def listed_rows(tickets: Iterable[Listed], columns: tuple[str, ...] = LISTED) -> Iterator[tuple[object, ...]]:
    """Give the tickets behind a figure as rows, the names of the columns first."""
    yield columns
    for one in tickets:
        yield tuple(harmless(_plain(getattr(one, name))) for name in columns)


def harmless(value: object) -> object:
    """Return a value that is one line, and that no spreadsheet takes for a formula, however it parts the cells."""
    return _FORMULA.sub(r"\1'\2", _CONTROL.sub(" ", value)) if isinstance(value, str) else value


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _days(first: date, last: date) -> dict[str, str]:
    return {"from": first.isoformat(), "to": last.isoformat()}
