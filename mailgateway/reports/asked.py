"""The list of tickets behind a figure, as somebody asks for it: opened, solved:group=hardware, broken:resolution."""

from dataclasses import dataclass

from mailgateway.reports.counted import AGES, Counting, Dimension
from mailgateway.rules.nearest import instead

TARGETS = ("first_response", "next_response", "resolution", "own")
_WITH_TARGET = (Counting.KEPT, Counting.BROKEN)
BY_AGENT = (Counting.REPLIED, Counting.WORKED)
"""What is counted by who did it, whoever has the ticket."""

BY_ANSWER = (Counting.PROPOSED, Counting.INSERTED, Counting.SENT_ANSWER, Counting.HELPED, Counting.NOT_HELPED)
"""What is counted by the answer of the knowledge that did it."""

CONTRACT = "contract"
"""How what was used of a contract is called among figures."""

NONE = "-"
"""How those are named that have no agent, organisation, …"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which tickets: by what they are counted, towards which target, and (a value of) which dimension.

    Or of which age, by which agent or answer.
    """

    counting: Counting
    target: str = ""
    dimension: Dimension | None = None
    value: str | None = None
    age: int | None = None
    by: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class AskedContract:
    """The tickets, or the work, that count for the contract of an organisation in its own period."""

    organisation: str


def read_asked(text: str) -> Asked | AskedContract:
    """Read `FIGURE`, `FIGURE:TARGET`, `FIGURE:NAME=VALUE` or `contract:ORGANISATION`.

    NAME is a dimension, or `age`, `by` (an agent) or `answer` where that is what a figure is counted by. Raises
    ValueError with a hint.
    """
    name, _, more = text.strip().partition(":")
    if name == CONTRACT:
        if not more:
            raise ValueError(f'"{CONTRACT}" wants an organisation, such as {CONTRACT}:acme')
        return AskedContract(more)
    if name not in set(Counting):
        known = [*(one.value for one in Counting), CONTRACT]
        raise ValueError(f'there is no figure "{name}"; {instead(name, known)}')
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
    if by == "answer" and value and asked.counting in BY_ANSWER:
        return Asked(asked.counting, answer=value)
    if not sign or by not in set(Dimension):
        names = [*(one.value for one in Dimension), *(["age"] if asked.counting is Counting.OPEN else [])]
        names += ["by"] if asked.counting in BY_AGENT else []
        names += ["answer"] if asked.counting in BY_ANSWER else []
        raise ValueError(f'"{more}" narrows nothing: write NAME=VALUE; {instead(by, names)}')
    return Asked(asked.counting, asked.target, Dimension(by), None if value in ("", NONE) else value)


def _age(value: str) -> int:
    """Return which of the ages is meant: 0 for the youngest."""
    bounds = [str(days) for days in (0, *AGES)]
    if value not in bounds:
        raise ValueError(f"an age is named by its least number of days, one of {', '.join(bounds)}")
    return bounds.index(value)
