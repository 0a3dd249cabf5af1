"""`mailgateway tickets major`: what is known to be down."""

from typing import Annotated

import typer

from mailgateway.cli.commands.tickets.words import As, Number
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson

# ruff: noqa: PLC0415 - what carries out orders takes as long to import as a list takes to show


def major(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    number: Number,
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What is down, in a line.")] = None,
    *,
    off: Annotated[bool, typer.Option("--off", help="It is over.")] = False,
    language: Annotated[str, typer.Option("--language", metavar="LANG", help="Say TEXT in this one only.")] = "",
    only_for: Annotated[
        str | None, typer.Option("--for", metavar="WHAT", help="New tickets: all, ci, group or 'rule NAME'.")
    ] = None,
    news: Annotated[str | None, typer.Option("--news", metavar="WHEN", help="When there will be news: 2h.")] = None,
    name: As = None,
    as_object: AsJson = False,
) -> None:
    """Declare a problem a major incident. Receipts of new tickets say what is down until it is solved."""
    from mailgateway.cli.orders import give
    from mailgateway.cli.typed.announcement import announced
    from mailgateway.desk.agents.orders import Orders

    with opened(ctx) as gateway:
        wanted = announced(gateway.policy, text, language, only_for, news, off=off)
    give(ctx, [number], Orders(major=wanted), name, "Done.", as_objects=as_object)
