"""The list of tickets behind a figure, as somebody asks for it: opened, solved:group=hardware, broken:resolution."""

from dataclasses import dataclass

from mailgateway.reports.counted import AGES, Counting, Dimension
from mailgateway.rules.nearest import instead

TARGETS = ("first_response", "next_response", "resolution", "own")
_WITH_TARGET = (Counting.KEPT, Counting.BROKEN)
BY_AGENT = (Counting.REPLIED, Counting.WORKED)
"""What is counted by who did it, whoever has the ticket."""

NONE = "-"
"""How those are named that have no agent, organisation, …"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which tickets: by what they are counted, towards which target, and (a value of) which dimension, age or agent."""

    counting: Counting
    target: str = ""
    dimension: Dimension | None = None
    value: str | None = None
    age: int | None = None
    by: str = ""


def read_asked(text: str) -> Asked:
    """Read `FIGURE`, `FIGURE:TARGET`, `FIGURE:DIMENSION=VALUE`, `open:age=DAYS` or `replied:by=AGENT`.

    Raises ValueError with a hint.
    """
    name, _, more = text.strip().partition(":")
    if name not in set(Counting):
        raise ValueError(f'there is no figure "{name}"; {instead(name, [one.value for one in Counting])}')
    counting = Counting(name)
    if counting in _WITH_TARGET:
        target, _, more = more.partition(":")
        if target not in TARGETS:
            raise ValueError(f'"{name}" wants a target, such as {name}:resolution; {instead(target, TARGETS)}')
        return _narrowed(Asked(counting, target), more)
    return _narrowed(Asked(counting), more)


def _narrowed(asked: Asked, more: str) -> Asked:
    if not more:
        return asked
    by, sign, value = more.partition("=")
    if by == "age" and asked.counting is Counting.OPEN:
        return Asked(asked.counting, age=_age(value))
    if by == "by" and value and asked.counting in BY_AGENT:
        return Asked(asked.counting, by=value)
    if not sign or by not in set(Dimension):
        names = [*(one.value for one in Dimension), *(["age"] if asked.counting is Counting.OPEN else [])]
        names += ["by"] if asked.counting in BY_AGENT else []
        raise ValueError(f'"{more}" narrows nothing: write NAME=VALUE; {instead(by, names)}')
    return Asked(asked.counting, asked.target, Dimension(by), None if value in ("", NONE) else value)


def _age(value: str) -> int:
    """Return which of the ages is meant: 0 for the youngest."""
    bounds = [str(days) for days in (0, *AGES)]
    if value not in bounds:
        raise ValueError(f"an age is named by its least number of days, one of {', '.join(bounds)}")
    return bounds.index(value)
