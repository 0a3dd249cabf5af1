"""Charts of a report as PNG: small, see-through, and readable on white and on dark."""

from io import BytesIO
from typing import Any

from babel.dates import format_date

from mailgateway.render.wording import Phrases, locale_of
from mailgateway.reports.report import Report

_INK = "#7d8693"
_OPENED, _SOLVED, _AGED = "#3f7fdb", "#35a06b", "#c98a2b"
_MOST_LABELS = 8
NAMES = ("flow", "ages")


def charts(report: Report, phrases: Phrases) -> dict[str, bytes]:
    """Draw what came and went by day, week or month, and how old is what is open; a report without steps has none."""
    if not report.steps:
        return {}
    return {"flow": _flow(report, phrases), "ages": _ages(report, phrases)}


def described(report: Report, phrases: Phrases) -> dict[str, str]:
    """Return what the charts show in words, for those who do not see them."""
    steps = report.steps
    flow = phrases.phrase(
        "flow_alt",
        {
            "opened": sum(step.opened for step in steps),
            "solved": sum(step.solved for step in steps),
            "most": max((step.opened for step in steps), default=0),
        },
    )
    ages = ", ".join(f"{_age(report, phrases, place)}: {age.count}" for place, age in enumerate(report.ages))
    return {"flow": flow, "ages": phrases.phrase("ages_alt", {"ages": ages})}


def _flow(report: Report, phrases: Phrases) -> bytes:
    axes = _axes(2.4)
    places = range(len(report.steps))
    width = 0.4
    opened = [step.opened for step in report.steps]
    solved = [step.solved for step in report.steps]
    axes.bar([place - width / 2 for place in places], opened, width, color=_OPENED, label=phrases.phrase("opened", {}))
    axes.bar([place + width / 2 for place in places], solved, width, color=_SOLVED, label=phrases.phrase("solved", {}))
    every = -(-len(report.steps) // _MOST_LABELS)
    locale = locale_of(phrases.language)
    axes.set_xticks(
        list(places)[::every], [format_date(one.day, "d MMM", locale=locale) for one in report.steps[::every]]
    )
    axes.legend(frameon=False, labelcolor=_INK, fontsize=9, loc="upper left", ncols=2, bbox_to_anchor=(0, 1.18))
    return _as_png(axes)


def _ages(report: Report, phrases: Phrases) -> bytes:
    axes = _axes(1.9)
    counts = [age.count for age in report.ages]
    bars = axes.barh(range(len(counts)), counts, 0.6, color=_AGED)
    axes.bar_label(bars, color=_INK, fontsize=9, padding=3)
    axes.set_yticks(range(len(counts)), [_age(report, phrases, place) for place in range(len(counts))])
    axes.invert_yaxis()
    axes.set_xticks([])
    return _as_png(axes)


def _age(report: Report, phrases: Phrases, place: int) -> str:
    if place + 1 == len(report.ages):
        return phrases.phrase("older", {"days": report.ages[place].days})
    return phrases.phrase("younger", {"days": report.ages[place + 1].days})


def _axes(height: float) -> Any:
    """Return the axes of a new picture. Nothing of the library's state is shared: several threads may draw."""
    # takes as long to import as a command takes that draws nothing
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    figure = Figure(figsize=(5.4, height), dpi=150, layout="tight")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right", "left"]].set_visible(b=False)
    axes.spines["bottom"].set_color(_INK)
    axes.tick_params(colors=_INK, labelsize=9, length=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    return axes


def _as_png(axes: Any) -> bytes:
    held = BytesIO()
    axes.figure.savefig(held, format="png", transparent=True, metadata={"Software": None})
    return held.getvalue()
