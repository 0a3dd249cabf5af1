"""`mailgateway schema`: what a configuration file may say, for editors."""

import json
from typing import Annotated

import typer

from mailgateway.cli.apps import single
from mailgateway.cli.lines import wrong_usage
from mailgateway.config.reading.json_schema import NAMES
from mailgateway.config.reading.json_schema import schema as schema_of

app = single()


@app.command()
def schema(name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of {', '.join(NAMES)}.")]) -> None:
    """Show the JSON Schema of a configuration file."""
    if name not in NAMES:
        raise wrong_usage(f"there is no schema {name!r}; there are: {', '.join(NAMES)}")
    typer.echo(json.dumps(schema_of(name), indent=2))
