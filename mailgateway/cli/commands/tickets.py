"""`mailgateway tickets`: look at tickets and work on them without a mail client."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.cli.apps import group
from mailgateway.cli.explained_view import as_lines, as_objects
from mailgateway.cli.lines import clean, complain, say, say_json
from mailgateway.cli.names import no_ticket, unknown
from mailgateway.cli.opened import opened
from mailgateway.cli.options import AsJson, Limit
from mailgateway.cli.tables import Column, show_table, span
from mailgateway.cli.ticket_view import show_sheet
from mailgateway.desk.customers.counting import read_minutes
from mailgateway.desk.levels.clocks import Calendars
from mailgateway.desk.levels.explained import explained
from mailgateway.desk.model import Directory, Priority, Status, TicketType
from mailgateway.flows.sheets import line_object, sheet_object
from mailgateway.store import tickets

# ruff: noqa: PLC0415 - what carries out orders takes as long to import as a list takes to show

app = group("Look at tickets, answer them, change them.")

_MOST_TEXT = 1_000_000
_COLUMNS = (
    Column("#", 10, is_number=True),
    Column("Status", 8),
    Column("Priority", 8),
    Column("Group", 12),
    Column("Assignee", 10),
    Column("Subject", 0),
    Column("Changed", 8, is_number=True),
)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The ticket's number.", min=1)]
As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Act as this agent; else as the service desk.")]
Text = Annotated[str | None, typer.Argument(metavar="[TEXT]", help='The text; "-" or none reads standard input.')]
File = Annotated[Path | None, typer.Option("--file", "-f", metavar="FILE", help="Take the text from a file.")]


@app.command("list")
def list_(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    *,
    status: Annotated[Status | None, typer.Option("--status", help="Only these.")] = None,
    group: Annotated[str | None, typer.Option("--group", metavar="NAME", help="Only those of this group.")] = None,
    assignee: Annotated[
        str | None, typer.Option("--assignee", metavar="NAME", help="Only those of this agent.")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="NAME", help="Only those of this organisation.")
    ] = None,
    ci: Annotated[str | None, typer.Option("--ci", metavar="NAME", help="Only those about this.")] = None,
    limit: Limit = 50,
    as_objects: AsJson = False,
) -> None:
    """List tickets, newest first."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        directory = gateway.policy.directory
        wanted = tickets.Wanted(status, _group(group, directory), _assignee(assignee, directory), organisation, ci)
        found = tickets.listed(tx, limit, wanted)
        now = clock.now()
    if as_objects:
        for line in found:
            say_json(line_object(line))
        return
    rows = (
        (one.number, one.status, one.priority, one.group, one.assignee, one.subject, span(now - one.updated_at))
        for one in found
    )
    show_table(_COLUMNS, rows, "There are no tickets." if wanted == tickets.Wanted() else "There is no such ticket.")


@app.command()
def show(
    ctx: typer.Context,
    number: Number,
    *,
    explain_levels: Annotated[
        bool, typer.Option("--explain-levels", help="Show how each due time was reckoned, instead.")
    ] = False,
    as_object: AsJson = False,
) -> None:
    """Show a ticket whole. Its articles, what happened to it, and why it was routed where it is."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        sheet = tickets.shown(tx, number)
        calendars = {one.name: one for one in gateway.policy.calendars}
    if sheet is None:
        raise no_ticket(number)
    if explain_levels:
        _explain(sheet, calendars, as_object=as_object)
    elif as_object:
        say_json(sheet_object(sheet, clock.now()))
    else:
        show_sheet(sheet, clock.now())


def _explain(sheet: tickets.TicketSheet, calendars: Calendars, *, as_object: bool) -> None:
    now = clock.now()
    found = explained(sheet.events, now, calendars)
    if as_object:
        say_json({**sheet_object(sheet, now), "levels_explained": as_objects(found)})
        return
    for line in as_lines(found) if found else ("Nothing was promised for this ticket.",):
        say(clean(line, 200))


@app.command()
def reply(
    ctx: typer.Context,
    number: Number,
    text: Text = None,
    *,
    file: File = None,
    answer: Annotated[
        list[str] | None, typer.Option("--answer", metavar="NAME", help="Put this answer first; may be repeated.")
    ] = None,
    name: As = None,
) -> None:
    """Answer the requester of a ticket. Everybody who takes part in it gets the answer too."""
    from mailgateway.cli.orders import give
    from mailgateway.desk.orders import Orders

    written = "" if answer and text is None and file is None else _text(text, file)
    give(ctx, number, Orders(text=written, answers=tuple(answer or ())), name, "The answer is queued.")


@app.command()
def note(ctx: typer.Context, number: Number, text: Text = None, *, file: File = None, name: As = None) -> None:
    """Put an internal note on a ticket. No customer sees it."""
    from mailgateway.cli.orders import give
    from mailgateway.desk.orders import Orders

    give(ctx, number, Orders(text=_text(text, file), note=True), name, "The note is filed.")


@app.command("set")
def set_(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    number: Number,
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
    snooze: Annotated[
        str | None, typer.Option("--snooze", metavar="WHEN", help="Put it aside: 4h, 2d, a date, or none.")
    ] = None,
    problem: Annotated[
        str | None, typer.Option("--problem", metavar="N", help="The problem it is an incident of, or none.")
    ] = None,
    ci: Annotated[str | None, typer.Option("--ci", metavar="NAME", help="What it is about, or none.")] = None,
    time: Annotated[str | None, typer.Option("--time", metavar="TIME", help="Work done: 45m, 1h, 1h30m.")] = None,
    name: As = None,
) -> None:
    """Change a ticket. Whoever has to know is told by mail, as if an agent had ordered it."""
    from mailgateway.cli.orders import give, problem_number, snoozing, tags
    from mailgateway.desk.orders import Orders

    orders = Orders(
        status=status,
        group=group,
        assign=assign,
        priority=priority,
        type=kind,
        minutes=_minutes(time),
        add_tags=tags("--tag", tag or ()),
        remove_tags=tags("--untag", untag or ()),
        snooze=snoozing(snooze),
        problem=problem_number(problem),
        ci=ci,
    )
    if orders == Orders():
        asked = "--status, --group, --assign, --priority, --type, --tag, --untag, --snooze, --problem, --ci or --time"
        complain(f"nothing to change: give {asked}")
        raise typer.Exit(2)
    give(ctx, number, orders, name, "Done.")


@app.command()
def merge(
    ctx: typer.Context,
    number: Number,
    into: Annotated[int, typer.Argument(metavar="INTO", help="The ticket that goes on.", min=1)],
    *,
    name: As = None,
) -> None:
    """Close a ticket and let another one go on in its place, with the people of both."""
    from mailgateway.cli.orders import give
    from mailgateway.desk.orders import Orders

    give(ctx, number, Orders(merge=into), name, f"Merged into ticket {into}.")


def _minutes(time: str | None) -> int:
    minutes = read_minutes(time) if time is not None else 0
    if minutes is None:
        complain(f"--time {time}: write how long, at most a day: 45m, 1h or 1h30m")
        raise typer.Exit(2)
    return minutes


def _group(name: str | None, directory: Directory) -> str | None:
    """Return the name of a group as the directory writes it; leaves with 2 where there is none of it."""
    found = directory.group(name) if name is not None else None
    if name is not None and found is None:
        raise unknown("--group", name, [known.name for known in directory.groups])
    return found.name if found is not None else None


def _assignee(name: str | None, directory: Directory) -> str | None:
    found = directory.agent(name) if name is not None else None
    if name is not None and found is None:
        raise unknown("--assignee", name, [known.name for known in directory.agents])
    return found.name if found is not None else None


def _text(text: str | None, file: Path | None) -> str:
    """Return what is to be written: the argument, the file, or standard input."""
    if text is not None and file is not None:
        complain("the text is given twice: as an argument and with --file")
        raise typer.Exit(2)
    written = text if text not in (None, "-") else _read(file)
    if not (written or "").strip():
        complain("there is no text: give it as an argument, with --file, or on standard input")
        raise typer.Exit(2)
    return (written or "").strip()


def _read(file: Path | None) -> str:
    if file is None:
        if sys.stdin.isatty():
            typer.echo("Write the text; end with Ctrl-D on a line of its own.", err=True)
        raw = sys.stdin.buffer.read(_MOST_TEXT + 1)
    else:
        try:
            with file.open("rb") as stream:
                raw = stream.read(_MOST_TEXT + 1)
        except OSError as error:
            complain(f"{file}: cannot be read: {error.strerror}")
            raise typer.Exit(2) from None
    if len(raw) > _MOST_TEXT:
        complain(f"the text is longer than {_MOST_TEXT // 1_000_000} MB")
        raise typer.Exit(2)
    return raw.decode("utf-8", "replace").replace("\r\n", "\n")
