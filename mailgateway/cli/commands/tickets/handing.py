"""`mailgateway tickets accept` and `decline`: what becomes of a ticket that another group handed over."""

from typing import Annotated

import typer

from mailgateway.cli.commands.tickets.words import As, Numbers
from mailgateway.cli.typed.options import AsJson

# ruff: noqa: PLC0415 - what carries out orders takes as long to import as a list takes to show


def accept(
    ctx: typer.Context,
    numbers: Numbers,
    *,
    for_group: Annotated[bool, typer.Option("--for-group", help="Assign it to nobody.")] = False,
    name: As = None,
    as_objects: AsJson = False,
) -> None:
    """Accept tickets that were handed over, for the agent of --as or for their group."""
    from mailgateway.cli.orders import give
    from mailgateway.desk.agents.orders import Orders
    from mailgateway.desk.handovers.answer import OfferAnswer

    answer = OfferAnswer.ACCEPT_FOR_GROUP if for_group else OfferAnswer.ACCEPT
    give(ctx, numbers, Orders(offer=answer), name, "Accepted.", as_objects=as_objects)


def decline(
    ctx: typer.Context,
    numbers: Numbers,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it becomes a note.")] = "",
    name: As = None,
    as_objects: AsJson = False,
) -> None:
    """Give tickets that were handed over back to the group that they came from, which is told."""
    from mailgateway.cli.orders import give
    from mailgateway.desk.agents.orders import Orders
    from mailgateway.desk.handovers.answer import OfferAnswer

    orders = Orders(offer=OfferAnswer.DECLINE, note=True, text=reason.strip())
    give(ctx, numbers, orders, name, "Declined.", as_objects=as_objects)
