"""Options and arguments that several commands share."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="JSON: one object a line for lists.")]
Limit = Annotated[int, typer.Option("--limit", min=0, help="How many at most, newest first; 0 for all.")]
Ids = Annotated[list[int], typer.Argument(metavar="ID", help="Numbers from the list.")]
