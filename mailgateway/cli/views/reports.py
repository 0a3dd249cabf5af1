"""Reports for the eyes: tables that fit eighty columns."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailgateway.cli.lines import clean
from mailgateway.cli.views.tables import Column, moment, show_table
from mailgateway.render.report import Grid, Sheet
from mailgateway.reports.counted import Listed

_WIDEST = 80
_TRENDS = {"better": "green", "worse": "red"}
_COLUMNS = (
    Column("#", 10, is_number=True),
    Column("Status", 8),
    Column("Priority", 8),
    Column("Group", 12),
    Column("Assignee", 10),
    Column("Subject", 0),
    Column("When", 16),
)


def show_report(sheet: Sheet) -> None:
    """Put a report on standard output."""
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(Text(clean(sheet.title), style="bold"))
    console.print(Text(sheet.period, style="dim"))
    table = _table(sheet.columns)
    for line in sheet.lines:
        change = Text(line.change, style=_TRENDS.get(line.trend, ""))
        table.add_row(Text(line.label), Text(line.value, style="bold"), Text(line.before, style="dim"), change)
    console.print(table)
    for grid in sheet.grids:
        console.print(Text(grid.title, style="bold"))
        console.print(_grid(grid))
    for note in sheet.notes:
        console.print(Text(note, style="dim"))


def show_list(tickets: Sequence[Listed]) -> None:
    """Put the tickets behind a figure on standard output."""
    rows = (
        (one.number, one.status, one.priority, one.group, one.assignee, one.subject, moment(one.at)) for one in tickets
    )
    show_table(_COLUMNS, rows, "There is no such ticket.")


def _grid(grid: Grid) -> Table:
    table = _table(grid.columns)
    for row in grid.rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    return table


def _table(columns: Sequence[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), width=_WIDEST)
    for place, title in enumerate(columns):
        table.add_column(title, justify="right" if place else "left", ratio=None if place else 1, overflow="fold")
    return table
