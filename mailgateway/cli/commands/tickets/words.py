"""Words that several of these commands take."""

from typing import Annotated

import typer

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The ticket's number.", min=1)]
Numbers = Annotated[list[int], typer.Argument(metavar="NUMBER...", help="The tickets' numbers.", min=1)]
As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Act as this agent; else as the service desk.")]
