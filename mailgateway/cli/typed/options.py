"""Options and arguments that several commands share."""

from typing import Annotated

import typer

# a number that every database takes
_MORE_THAN_THERE_ARE = 10**15

AsJson = Annotated[bool, typer.Option("--json", help="JSON: one object a line for lists.")]
Limit = Annotated[
    int,
    typer.Option(
        "--limit",
        metavar="N",
        min=0,
        help="How many at most, newest first; 0 for all.",
        callback=lambda wanted: min(wanted, _MORE_THAN_THERE_ARE),
    ),
]
Ids = Annotated[list[int], typer.Argument(metavar="ID", help="Numbers from the list.")]
OptionalIds = Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="Numbers from the list.")]
