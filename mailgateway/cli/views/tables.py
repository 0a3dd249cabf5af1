"""Tables for the eyes. What comes from strangers is shown as it is: no markup in it is obeyed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailgateway.cli.lines import clean

_LONGEST_CELL = 300
_NARROW = 72
_STYLES = {
    "new": "bold cyan",
    "open": "cyan",
    "solved": "green",
    "closed": "dim",
    "urgent": "bold red",
    "high": "red",
    "low": "dim",
    "failed": "bold red",
    "sent": "green",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its greatest width (0: takes the room that is left), and whether it is one of numbers."""

    title: str
    width: int
    is_number: bool = False


def show_table(columns: Sequence[Column], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Put a table on standard output, or the line `empty` where there are no rows.

    On a terminal too narrow for a table, each row becomes a few lines, one for each cell.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    found = list(rows)
    if not found:
        console.print(Text(empty))
    elif console.width < _NARROW:
        _show_blocks(console, columns, found)
    else:
        console.print(_table(columns, found))


def _show_blocks(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> None:
    longest = max(len(column.title) for column in columns)
    for number, row in enumerate(rows):
        if number:
            console.print()
        for column, value in zip(columns, row, strict=True):
            if value not in (None, ""):
                console.print(Text(f"{column.title:<{longest}}  ", style="dim") + _cell(value))


def _table(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), expand=True)
    for column in columns:
        table.add_column(
            column.title,
            justify="right" if column.is_number else "left",
            max_width=column.width or None,
            no_wrap=bool(column.width),
            overflow="ellipsis" if column.width else "fold",
            ratio=None if column.width else 1,
        )
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    return table


def _cell(value: object) -> Text:
    text = "" if value is None else clean(str(value), _LONGEST_CELL)
    return Text(text, style=_STYLES.get(text, ""))


def moment(at: datetime | None) -> str:
    """Show an instant in the time zone of the reader."""
    return "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M}"


def span(length: timedelta) -> str:
    """Show how long something takes or is ago, in its largest unit: 45 s, 12 min, 3 h, 5 d; "now" for none."""
    seconds = int(length.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "now"
