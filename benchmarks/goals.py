"""What was measured beside what is allowed: a table in Markdown and a picture of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

TABLE, PICTURE = "speed.md", "speed.png"
_INK, _KEPT, _MISSED = "#7d8693", "#35a06b", "#c98a2b"
_HEAD = "| what | measured | allowed | kept |\n| --- | --- | --- | --- |\n"


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and the most that it may be; `unit` is `×` for a ratio, `ms` or `MB`."""

    what: str
    measured: float
    allowed: float
    unit: str = "×"

    @property
    def is_kept(self) -> bool:
        """Tell whether it is within what is allowed."""
        return self.measured <= self.allowed

    def shown(self, figure: float) -> str:
        """Return a figure with its unit."""
        return f"{figure:.2f}{self.unit}" if self.unit == "×" else f"{figure:.0f} {self.unit}"


def write(goals: Sequence[Goal], folder: Path) -> None:
    """Write both files into a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TABLE).write_text(table(goals), "utf-8")
    _drawn(goals).savefig(folder / PICTURE, transparent=True)


def table(goals: Sequence[Goal]) -> str:
    """Return the goals as a table in Markdown."""
    rows = (
        (one.what, one.shown(one.measured), one.shown(one.allowed), "yes" if one.is_kept else "no") for one in goals
    )
    return _HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _drawn(goals: Sequence[Goal]) -> Figure:
    """Draw each figure as a share of what is allowed, on a scale of tens, as one may be ten times the other."""
    figure = Figure(figsize=(8, 0.6 + 0.36 * len(goals)), dpi=150, layout="tight")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    shares = [goal.measured / goal.allowed for goal in goals]
    axes.barh(range(len(goals)), shares, 0.6, color=[_KEPT if goal.is_kept else _MISSED for goal in goals])
    axes.axvline(1, color=_INK, linewidth=1)
    axes.set_xscale("log")
    axes.set_xlim(min(0.1, *shares) / 1.5, max(1.0, *shares) * 2.5)
    axes.set_xticks([0.1, 1, 10], ["a tenth", "all that is allowed", "ten times"])
    said = [f"{goal.what}: {goal.shown(goal.measured)} of {goal.shown(goal.allowed)}" for goal in goals]
    axes.set_yticks(range(len(goals)), said)
    axes.invert_yaxis()
    axes.minorticks_off()
    axes.tick_params(colors=_INK, labelsize=9, length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure
