"""`mailgateway init`: the example configuration, to begin with."""

from pathlib import Path
from typing import Annotated

import typer

from mailgateway.cli.apps import single
from mailgateway.cli.lines import say
from mailgateway.config.example import write_example

app = single()


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; made where it is missing.")]) -> None:
    """Write the commented example configuration. Nothing is overwritten."""
    for path in write_example(folder):
        say(str(path))
    say(f"Now edit {folder / 'gateway.yaml'}, then try: mailgateway --config {folder / 'gateway.yaml'} check")
