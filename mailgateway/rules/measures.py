"""Numbers as the file writes them: counts, sizes, spans of time, times of the day."""

import re
from enum import Enum, auto

from mailgateway.rules.findings import Wrong
from mailgateway.rules.text import described


class Sort(Enum):
    """What the values of a field are."""

    TEXT = auto()
    ADDRESS = auto()
    TRUTH = auto()
    COUNT = auto()
    SIZE = auto()
    DURATION = auto()
    CLOCK = auto()

    @property
    def is_number(self) -> bool:
        """Tell whether the values are ordered."""
        return self in (Sort.COUNT, Sort.SIZE, Sort.DURATION, Sort.CLOCK)


_UNITS = {
    Sort.SIZE: {"B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000},
    Sort.DURATION: {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800},
}
_EXAMPLES = {Sort.COUNT: "3", Sort.SIZE: "500KB or 10MB", Sort.DURATION: "15m, 2h or 3d", Sort.CLOCK: '"08:30"'}
_WRITTEN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s?([A-Za-z]{1,2})")
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


def read_number(written: object, sort: Sort) -> float:
    """Return bytes, seconds, minutes of the day or a count; raises Wrong, saying how it is written."""
    if isinstance(written, int | float) and not isinstance(written, bool) and sort in (Sort.COUNT, Sort.SIZE):
        return written
    text = written.strip() if isinstance(written, str) else ""
    if sort is Sort.CLOCK and (found := _CLOCK.fullmatch(text)):
        minutes = int(found[1]) * 60 + int(found[2])
        if minutes <= 24 * 60:
            return minutes
    units = {name.casefold(): factor for name, factor in _UNITS.get(sort, {}).items()}
    if units and (found := _WRITTEN.fullmatch(text)) and found[2].casefold() in units:
        return float(found[1]) * units[found[2].casefold()]
    raise Wrong(f"here belongs {_EXAMPLES[sort]}, not {described(written)}")


def number_shown(value: float, sort: Sort) -> str:
    """Return a number as one would write it."""
    if sort is Sort.CLOCK:
        return f"{int(value) // 60:02}:{int(value) % 60:02}"
    name, factor = "", 1
    for unit, size in _UNITS.get(sort, {}).items():
        if abs(value) >= size:
            name, factor = unit, size
    return f"{round(value / factor, 1):g}{name}"
