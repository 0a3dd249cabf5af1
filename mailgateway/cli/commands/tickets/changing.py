"""`mailgateway tickets set` and `merge`: tickets changed, as if an agent had ordered it."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailgateway.cli.commands.tickets.words import As, Number, Numbers
from mailgateway.cli.lines import wrong_usage
from mailgateway.cli.typed.options import AsJson
from mailgateway.desk.model import Priority, Status, TicketType

if TYPE_CHECKING:
    from mailgateway.desk.agents.orders import Orders

# ruff: noqa: PLC0415 - what carries out orders takes as long to import as a list takes to show

SetStatus = Annotated[Status | None, typer.Option("--status", help="How far it is.")]
SetGroup = Annotated[str | None, typer.Option("--group", metavar="NAME", help="A group of groups.yaml.")]
SetAssignee = Annotated[str | None, typer.Option("--assign", metavar="NAME", help="An agent's name, me, or none.")]
SetPriority = Annotated[Priority | None, typer.Option("--priority", help="How urgent it is.")]
SetType = Annotated[TicketType | None, typer.Option("--type", help="What it is about.")]
SetSubject = Annotated[str | None, typer.Option("--subject", metavar="TEXT", help="What it is called.")]
SetRequester = Annotated[
    str | None, typer.Option("--requester", metavar="ADDRESS", help="Whose matter it is; who had it leaves it.")
]
SetLanguage = Annotated[
    str | None, typer.Option("--language", metavar="CODE", help="What its customers are written to in: en, pl, de.")
]
Tag = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="Put a tag on; may be repeated.")]
Untag = Annotated[list[str] | None, typer.Option("--untag", metavar="TAG", help="Take a tag off; may be repeated.")]
Cc = Annotated[
    list[str] | None, typer.Option("--cc", metavar="ADDRESS", help="Let somebody take part; may be repeated.")
]
Uncc = Annotated[list[str] | None, typer.Option("--uncc", metavar="ADDRESS", help="Let somebody take part no longer.")]
Watch = Annotated[
    list[str] | None, typer.Option("--watch", metavar="NAME", help="Tell this agent of it; may be repeated.")
]
Unwatch = Annotated[
    list[str] | None, typer.Option("--unwatch", metavar="NAME", help="Tell this agent of it no longer.")
]
Field = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="NAME=VALUE", help="A field of your own; without a value, take it away."),
]
Snooze = Annotated[str | None, typer.Option("--snooze", metavar="WHEN", help="Put it aside: 4h, 2d, a date, or none.")]
SetProblem = Annotated[
    str | None, typer.Option("--problem", metavar="N", help="The problem it is an incident of, none, or new.")
]
SetCi = Annotated[str | None, typer.Option("--ci", metavar="NAME", help="What it is about, or none.")]
SetOrganisation = Annotated[
    str | None, typer.Option("--organisation", metavar="NAME", help="Whom it counts for, or none.")
]
SetServiceLevel = Annotated[
    str | None, typer.Option("--service-level", metavar="NAME", help="A policy, or none: as their conditions say.")
]
Time = Annotated[str | None, typer.Option("--time", metavar="TIME", help="Work done: 45m, 1h, 1h30m.")]


def set_(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    numbers: Numbers,
    *,
    status: SetStatus = None,
    group: SetGroup = None,
    assign: SetAssignee = None,
    priority: SetPriority = None,
    kind: SetType = None,
    subject: SetSubject = None,
    requester: SetRequester = None,
    language: SetLanguage = None,
    tag: Tag = None,
    untag: Untag = None,
    cc: Cc = None,
    uncc: Uncc = None,
    watch: Watch = None,
    unwatch: Unwatch = None,
    field: Field = None,
    snooze: Snooze = None,
    problem: SetProblem = None,
    ci: SetCi = None,
    organisation: SetOrganisation = None,
    service_level: SetServiceLevel = None,
    time: Time = None,
    name: As = None,
    as_objects: AsJson = False,
) -> None:
    """Change tickets. Whoever has to know is told by mail, as if an agent had ordered it."""
    from mailgateway.cli.typed import ordered
    from mailgateway.desk.agents.orders import Orders

    orders = Orders(
        status=status,
        group=group,
        assign=assign,
        priority=priority,
        type=kind,
        minutes=ordered.minutes(time),
        add_tags=ordered.tags("--tag", tag or ()),
        remove_tags=ordered.tags("--untag", untag or ()),
        fields=ordered.fields(field or ()),
        snooze=ordered.snoozing(snooze),
        ci=ci,
        organisation=organisation,
        service_level=service_level,
    )
    orders = ordered.with_heading(orders, subject, requester, language)
    orders = ordered.with_people(orders, cc or (), uncc or (), watch or (), unwatch or ())
    _give(ctx, numbers, ordered.with_problem(orders, problem), name, as_objects=as_objects)


def _give(ctx: typer.Context, numbers: list[int], orders: "Orders", name: str | None, *, as_objects: bool) -> None:
    from mailgateway.cli.orders import give
    from mailgateway.desk.agents.orders import Orders

    if orders == Orders():
        raise wrong_usage("nothing to change: give what shall be, such as --status solved or --assign NAME; see --help")
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
    from mailgateway.desk.agents.orders import Orders

    give(ctx, [number], Orders(merge=into), name, f"Merged into ticket {into}.", as_objects=as_object)
