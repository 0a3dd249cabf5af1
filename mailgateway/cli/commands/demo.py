"""`mailgateway demo`: a mail becomes a ticket, before your eyes."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from mailgateway.cli.apps import single
from mailgateway.cli.lines import wrong_usage

app = single()

_NEEDED = ("pymap", "aiosmtpd")


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End when the story is told.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write the story's report here, a page with charts.")
    ] = None,
) -> None:
    """Show the gateway at work on mail servers of its own. Then it takes your own mails, until Ctrl-C."""
    if report is not None and not report.absolute().parent.is_dir():
        raise wrong_usage(f"--report {report}: there is no folder {report.absolute().parent}")
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise wrong_usage(f"the demo needs {' and '.join(missing)}: pip install 'mailgateway[demo]'")
    story = import_module("mailgateway.demo.story")
    raise typer.Exit(story.run(once=once, page=report))
