"""A report to check templates with, and to take pictures of."""

from datetime import UTC, date, datetime, timedelta

from mailgateway.reports.counted import (
    Counted,
    Counting,
    Counts,
    Dimension,
    Effort,
    Promised,
    Scope,
    Share,
    Spread,
    Step,
    Success,
    Usage,
)
from mailgateway.reports.period import Period
from mailgateway.reports.report import as_report

_WEEK = Period(date(2026, 2, 23), date(2026, 3, 1), UTC)
_AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
_NOTHING = Counted(dict.fromkeys(Counting, 0), Spread(0, None, None, 0), Spread(0, None, None, 0), {}, 0, {})


def _counted(
    *counts: int, answer: Spread, solution: Spread, kept: tuple[int, int], knowledge: dict[str, Success]
) -> Counted:
    named = dict.fromkeys(Counting, 0) | dict(zip(Counting, counts, strict=False))
    named |= {
        Counting.CAME_BACK: 3,
        Counting.SENT_ANSWER: sum(one.sent for one in knowledge.values()),
        Counting.HELPED: sum(one.helped for one in knowledge.values()),
        Counting.NOT_HELPED: sum(one.not_helped for one in knowledge.values()),
    }
    promises = {"first_response": Promised(kept[0], 12), "resolution": Promised(kept[1], 19)}
    named |= {
        Counting.RATED: kept[0] // 5 + 12,
        Counting.RATED_GOOD: kept[0] // 5,
        Counting.RATED_OK: 8,
        Counting.RATED_BAD: 4,
    }
    named[Counting.REPLIED] = 2 * answer.count
    return Counted(named, answer, solution, promises, 3_600 * kept[1] // 4, knowledge)


def _shares(dimension: Dimension) -> tuple[Share, ...]:
    names: dict[Dimension, tuple[str | None, ...]] = {
        Dimension.TYPE: ("incident", "request", "question", "complaint"),
        Dimension.PRIORITY: ("normal", "high", "low", "urgent"),
        Dimension.GROUP: ("first-line", "hardware", "network"),
        Dimension.ORGANISATION: ("acme", "globex", None),
        Dimension.CI: ("print-server", None),
        Dimension.ASSIGNEE: ("anna", "bob", None),
    }
    return tuple(
        Share(name, 120 // place, 110 // place, 118 // place, 30 // place, 9_000.0 * place, 27 // place, 22 // place)
        for place, name in enumerate(names[dimension], 1)
    )


_NOW = _counted(
    238,
    231,
    9,
    64,
    answer=Spread(210, 2_340, 11_820, 0),
    solution=Spread(231, 15_400, 98_000, 24),
    kept=(198, 203),
    knowledge={"toner": Success(31, 9, 24, 12, 3), "vpn": Success(26, 17, 17, 5, 8), "wifi-guests": Success(12, 4)},
)
_BEFORE = _counted(
    221,
    229,
    12,
    57,
    answer=Spread(201, 3_120, 14_400, 0),
    solution=Spread(229, 17_100, 90_000, 30),
    kept=(180, 199),
    knowledge={"toner": Success(28, 11, 20, 8, 4), "vpn": Success(21, 15, 16, 6, 5)},
)
REPORT = as_report(
    Counts(
        now=_NOW,
        before=_BEFORE,
        shares={dimension: _shares(dimension) for dimension in Dimension},
        ages=(21, 18, 12, 9, 4),
        steps=tuple(
            Step(_WEEK.first + timedelta(days=day), opened, solved)
            for day, (opened, solved) in enumerate(((52, 40), (48, 51), (44, 47), (41, 39), (38, 44), (9, 6), (6, 4)))
        ),
        answers={},
        worked={},
    ),
    _WEEK,
    Scope(),
    _AT,
).with_efforts((Effort("anna", 214, 97_200), Effort("bob", 183, 84_600), Effort("eva", 23, 0)))
REPORT = REPORT.with_usage((Usage("acme", "gold", "tickets", 43, 50, date(2026, 3, 1)),))
EMPTY = as_report(
    Counts(_NOTHING, _NOTHING, dict.fromkeys(Dimension, ()), (0,) * 5, (), {}, {}),
    _WEEK,
    Scope(group="hardware"),
    _AT - timedelta(days=3),
)
CHARTS = ({"name": "flow", "title": "Opened and solved", "source": "cid:flow", "alt": "Opened and solved"},)
