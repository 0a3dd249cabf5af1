"""How far long work has come: a bar on a terminal, a line for each step elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from mailgateway.cli.lines import clean, say


class Shown(Protocol):
    """What the work tells about its steps."""

    def step(self, done: int, line: str, *, is_odd: bool) -> None:
        """Tell that a step is done: how much of the whole it was, and its outcome in a line."""


class _Lines:
    """A line for each step that has one."""

    def step(self, done: int, line: str, *, is_odd: bool) -> None:  # noqa: ARG002 - a line needs no share
        if line:
            say(line)


class _Bar:
    """A bar; only what is odd gets a line above it."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar = bar
        self._task = task
        self._steps = 0

    def step(self, done: int, line: str, *, is_odd: bool) -> None:
        self._steps += 1
        if is_odd:
            self._bar.console.print(Text(clean(line)), soft_wrap=True)
        self._bar.update(self._task, advance=done, steps=self._steps)


@contextmanager
def progress(total: int, what: str = "mails") -> Iterator[Shown]:
    """Show progress towards `total` while the block runs; `what` the steps are called."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    columns = (TextColumn(f"{{task.fields[steps]}} {what}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar, bar.add_task("", total=total, steps=0))
