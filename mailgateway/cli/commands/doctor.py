"""`mailgateway doctor`: connect to everything, and say what would mend what is wrong."""

import typer
from rich.console import Console
from rich.text import Text

from mailgateway import log
from mailgateway.cli.apps import single
from mailgateway.cli.examinations import Finding, examine
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import clean, say_json
from mailgateway.cli.typed.options import AsJson
from mailgateway.config.load import load

app = single()

_SIGNS: dict[bool | None, tuple[str, str]] = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("–", "dim")}


@app.command()
def doctor(ctx: typer.Context, *, as_objects: AsJson = False) -> None:
    """Connect to everything that is needed. A line for each, with the mend for what is wrong."""
    asked = invocation(ctx)
    log.configure(as_json=asked.logs_json, verbose=asked.verbose, quiet=not asked.verbose)
    settings = load(asked.config)
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    all_well = True
    for finding in examine(settings):
        all_well = all_well and finding.is_well is not False
        if as_objects:
            say_json(
                {"what": finding.what, "ok": finding.is_well, "detail": finding.detail, "mend": finding.mend or None}
            )
        else:
            console.print(_line(finding))
    if not all_well:
        raise typer.Exit(1)


def _line(finding: Finding) -> Text:
    sign, style = _SIGNS[finding.is_well]
    line = Text(f"{sign} ", style=style) + Text(f"{clean(finding.what):<18}", style="bold")
    line.append(clean(finding.detail), style="")
    if finding.mend:
        line.append(f" → {clean(finding.mend)}", style="yellow")
    return line
