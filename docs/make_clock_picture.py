"""Draw the clocks of docs/service-levels.md, from the sums that stand there, as docs/pictures/clocks.svg.

python docs/make_clock_picture.py
"""  # noqa: INP001 - a script, no part of a package

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

DOCS = Path(__file__).resolve().parent
PICTURE = DOCS / "pictures" / "clocks.svg"
WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 820, 96, 12, 34, 54, 26
INK = "#7d8693"
COLOURS = {
    "business time": "#35a06b",
    "outside business hours": "#7d869333",
    "paused": "#3f7fdb",
    "public holiday": "#c98a2b",
}
_MOMENT = r"\w{3} (\d{4}-\d\d-\d\d \d\d:\d\d)"
_HEAD = re.compile(r"    (\w[\w ]*): \w+ by policy .*")
_PART = re.compile(rf"      {_MOMENT}  {_MOMENT} .*  (\S.*)")
_DUE = re.compile(rf"      .* counted: .*due {_MOMENT}")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of time, and whether and why it counted."""

    start: datetime
    end: datetime
    why: str


@dataclass(slots=True)
class Drawn:
    """A clock of the page: its parts, and when it is due."""

    name: str
    parts: list[Part]
    due: datetime


def read(text: str) -> list[Drawn]:
    """Return the clocks whose sums the page shows."""
    found: list[Drawn] = []
    for line in text.splitlines():
        if head := _HEAD.fullmatch(line):
            found.append(Drawn(head[1], [], datetime.min))  # noqa: DTZ901 - until its due time is read
        elif part := _PART.fullmatch(line):
            found[-1].parts.append(Part(_at(part[1]), _at(part[2]), _why(part[3])))
        elif due := _DUE.fullmatch(line):
            found[-1].due = _at(due[1])
    return found


def draw(clocks: list[Drawn]) -> str:
    """Return the picture: a row a clock, a colour a reason, a line where the time is used up."""
    begins = min(part.start for one in clocks for part in one.parts)
    ends = max(max(one.due, *(part.end for part in one.parts)) for one in clocks)
    begins, ends = begins - timedelta(hours=2), ends + timedelta(hours=12)

    def x(at: datetime) -> float:
        return round(LEFT + (at - begins) / (ends - begins) * (WIDTH - LEFT - RIGHT), 1)

    lines = list(_days(begins, ends, x, len(clocks)))
    for place, one in enumerate(clocks):
        y = TOP + place * ROW
        lines.append(_text(LEFT - 8, y + 17, one.name, "end"))
        lines += [_rect(x(part.start), y, x(part.end) - x(part.start), COLOURS[part.why]) for part in one.parts]
        lines.append(f'<path d="M{x(one.due)} {y - 5}v{BAR + 10}" stroke="#d0453b" stroke-width="2"/>')
        lines.append(_text(x(one.due) + 5, y + BAR + 13, f"due {one.due:%a %H:%M}", "start"))
    below = TOP + len(clocks) * ROW + 14
    for place, (why, colour) in enumerate(COLOURS.items()):
        lines += (_rect(LEFT + place * 178, below, 14, colour, 14), _text(LEFT + 20 + place * 178, below + 12, why))
    size = f'width="{WIDTH}" height="{below + 24}" viewBox="0 0 {WIDTH} {below + 24}"'
    font = 'font-family="system-ui,sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font} fill="{INK}">\n' + "\n".join(lines) + "\n</svg>\n"


def _days(begins: datetime, ends: datetime, x: Callable[[datetime], float], rows: int) -> Iterator[str]:
    day = begins.replace(hour=0, minute=0)
    while (day := day + timedelta(days=1)) < ends:
        yield f'<path d="M{x(day)} {TOP - 12}v{rows * ROW}" stroke="{INK}" stroke-dasharray="2 3"/>'
        yield _text(x(day) + 4, TOP - 14, f"{day:%A}")


def _rect(left: float, top: float, width: float, colour: str, height: int = BAR) -> str:
    return f'<rect x="{left}" y="{top}" width="{round(width, 1)}" height="{height}" fill="{colour}"/>'


def _text(left: float, base: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{left}" y="{base}" text-anchor="{anchor}">{escape(text)}</text>'


def _at(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - as the page shows it


def _why(written: str) -> str:
    if written.startswith("paused"):
        return "paused"
    return written if written in COLOURS else "public holiday"


if __name__ == "__main__":
    PICTURE.write_text(draw(read((DOCS / "service-levels.md").read_text("utf-8"))), "utf-8")
