"""`mailgateway tickets set` and `merge`: tickets changed, as if an agent had ordered it."""

from typing import Annotated

import typer

from mailgateway.cli.commands.tickets.words import As, Number
from mailgateway.cli.lines import complain
from mailgateway.cli.options import AsJson
from mailgateway.desk.model import Priority, Status, TicketType

# ruff: noqa: PLC0415 - what carries out orders takes as long to import as a list takes to show

Numbers = Annotated[list[int], typer.Argument(metavar="NUMBER...", help="The tickets' numbers.", min=1)]


def set_(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    numbers: Numbers,
    *,
    status: Annotated[Status | None, typer.Option("--status", help="How far it is.")] = None,
    group: Annotated[str | None, typer.Option("--group", metavar="NAME", help="A group of groups.yaml.")] = None,
    assign: Annotated[
        str | None, typer.Option("--assign", metavar="NAME", help="An agent's name, me, or none.")
    ] = None,
    priority: Annotated[Priority | None, typer.Option("--priority", help="How urgent it is.")] = None,
    kind: Annotated[TicketType | None, typer.Option("--type", help="What it is about.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="Put a tag on; may be repeated.")
    ] = None,
    untag: Annotated[
        list[str] | None, typer.Option("--untag", metavar="TAG", help="Take a tag off; may be repeated.")
    ] = None,
    cc: Annotated[
        list[str] | None, typer.Option("--cc", metavar="ADDRESS", help="Let somebody take part; may be repeated.")
    ] = None,
    uncc: Annotated[
        list[str] | None, typer.Option("--uncc", metavar="ADDRESS", help="Let somebody take part no longer.")
    ] = None,
    watch: Annotated[
        list[str] | None, typer.Option("--watch", metavar="NAME", help="Tell this agent of it; may be repeated.")
    ] = None,
    unwatch: Annotated[
        list[str] | None, typer.Option("--unwatch", metavar="NAME", help="Tell this agent of it no longer.")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="NAME=VALUE", help="A field of your own; without a value, take it away."),
    ] = None,
    snooze: Annotated[
        str | None, typer.Option("--snooze", metavar="WHEN", help="Put it aside: 4h, 2d, a date, or none.")
    ] = None,
    problem: Annotated[
        str | None, typer.Option("--problem", metavar="N", help="The problem it is an incident of, none, or new.")
    ] = None,
    ci: Annotated[str | None, typer.Option("--ci", metavar="NAME", help="What it is about, or none.")] = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="NAME", help="Whom it counts for, or none.")
    ] = None,
    service_level: Annotated[
        str | None, typer.Option("--service-level", metavar="NAME", help="A policy, or none: as their conditions say.")
    ] = None,
    time: Annotated[str | None, typer.Option("--time", metavar="TIME", help="Work done: 45m, 1h, 1h30m.")] = None,
    name: As = None,
    as_objects: AsJson = False,
) -> None:
    """Change tickets. Whoever has to know is told by mail, as if an agent had ordered it."""
    from mailgateway.cli import ordered
    from mailgateway.cli.orders import give
    from mailgateway.desk.orders import Orders

    orders = Orders(
        status=status,
        group=group,
        assign=assign,
        priority=priority,
        type=kind,
        minutes=ordered.minutes(time),
        add_tags=ordered.tags("--tag", tag or ()),
        remove_tags=ordered.tags("--untag", untag or ()),
        participants=ordered.people(cc or ()),
        leave=tuple(uncc or ()),
        watch=tuple(watch or ()),
        unwatch=tuple(unwatch or ()),
        fields=ordered.fields(field or ()),
        snooze=ordered.snoozing(snooze),
        ci=ci,
        organisation=organisation,
        service_level=service_level,
    )
    orders = ordered.with_problem(orders, problem)
    if orders == Orders():
        complain("nothing to change: give what shall be, such as --status solved or --assign NAME; see --help")
        raise typer.Exit(2)
    give(ctx, numbers, orders, name, "Done.", as_objects=as_objects)


def merge(
    ctx: typer.Context,
    number: Number,
    into: Annotated[int, typer.Argument(metavar="INTO", help="The ticket that goes on.", min=1)],
    *,
    name: As = None,
    as_object: AsJson = False,
) -> None:
    """Close a ticket and let another one go on in its place, with the people of both."""
    from mailgateway.cli.orders import give
    from mailgateway.desk.orders import Orders

    give(ctx, [number], Orders(merge=into), name, f"Merged into ticket {into}.", as_objects=as_object)
