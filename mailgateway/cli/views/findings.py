"""What is wrong or doubtful in files of the configuration, as JSON objects."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import typer

from mailgateway.cli.lines import say_json
from mailgateway.errors import ConfigError, Finding


def say_findings(found: Iterable[Finding], *, is_wrong: bool) -> None:
    """Put one JSON object a finding on standard output; what is not wrong is a warning."""
    for one in found:
        kind = "error" if is_wrong else "warning"
        say_json({"kind": kind, "file": one.file, "line": one.line, "column": one.column, "problem": one.problem})


@contextmanager
def findings_said(*, as_objects: bool) -> Iterator[None]:
    """Where objects are wanted, say as such what is wrong with the configuration, and leave with 2."""
    try:
        yield
    except ConfigError as error:
        if not as_objects:
            raise
        say_findings(error.findings, is_wrong=True)
        raise typer.Exit(2) from None
