"""What stands before the command: the options that hold for all of them."""

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer


class LogFormat(StrEnum):
    """How log lines look."""

    JSON = "json"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Invocation:
    """The configuration's path, and how to log; a format of None means: as fits where standard error goes."""

    config: Path
    log_format: LogFormat | None
    verbose: bool

    @property
    def logs_json(self) -> bool:
        """Tell whether log lines are JSON."""
        if self.log_format is None:
            return not sys.stderr.isatty()
        return self.log_format is LogFormat.JSON


def invocation(ctx: typer.Context) -> Invocation:
    """Return the options given before the command."""
    found = ctx.find_object(Invocation)
    if found is None:
        raise AssertionError("a command runs below the program's own options")
    return found
