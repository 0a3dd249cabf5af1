"""`mailgateway tickets`: look at tickets and work on them without a mail client."""

import getpass
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.app import Gateway
from mailgateway.cli.apps import group
from mailgateway.cli.lines import complain, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.options import AsJson, Limit
from mailgateway.cli.tables import Column, show_table, span
from mailgateway.cli.ticket_view import as_json, as_line, show_sheet
from mailgateway.desk.model import Agent, Directory, Priority, Status, TicketType
from mailgateway.desk.orders import Orders
from mailgateway.desk.policy import Policy
from mailgateway.flows.operate import operate
from mailgateway.store import tickets

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
File = Annotated[Path | None, typer.Option("--file", "-f", help="Take the text from a file.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    *,
    status: Annotated[Status | None, typer.Option("--status", help="Only these.")] = None,
    group: Annotated[str | None, typer.Option("--group", help="Only those of this group.")] = None,
    assignee: Annotated[str | None, typer.Option("--assignee", help="Only those of this agent.")] = None,
    limit: Limit = 50,
    as_objects: AsJson = False,
) -> None:
    """List tickets, newest first."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        directory = gateway.desk.policy().directory
        known_group, known_agent = directory.group(group or ""), directory.agent(assignee or "")
        group, assignee = known_group.name if known_group else group, known_agent.name if known_agent else assignee
        found = tickets.listed(tx, limit, status, group, assignee)
        now = gateway.desk.clock()
    if as_objects:
        for line in found:
            say_json(as_line(line))
        return
    rows = (
        (one.number, one.status, one.priority, one.group, one.assignee, one.subject, span(now - one.updated_at))
        for one in found
    )
    show_table(_COLUMNS, rows, "There is no such ticket." if status or group or assignee else "There are no tickets.")


@app.command()
def show(ctx: typer.Context, number: Number, *, as_object: AsJson = False) -> None:
    """Show a ticket whole. Its articles, what happened to it, and why it was routed where it is."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        sheet = tickets.shown(tx, number)
    if sheet is None:
        raise _missing(number)
    if as_object:
        say_json(as_json(sheet))
    else:
        show_sheet(sheet)


@app.command()
def reply(ctx: typer.Context, number: Number, text: Text = None, *, file: File = None, name: As = None) -> None:
    """Answer the requester of a ticket. Everybody who takes part in it gets the answer too."""
    _write(ctx, number, Orders(text=_text(text, file)), name, "The answer is queued.")


@app.command()
def note(ctx: typer.Context, number: Number, text: Text = None, *, file: File = None, name: As = None) -> None:
    """Put an internal note on a ticket. No customer sees it."""
    _write(ctx, number, Orders(text=_text(text, file), note=True), name, "The note is filed.")


@app.command("set")
def set_(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    number: Number,
    *,
    status: Annotated[Status | None, typer.Option("--status")] = None,
    group: Annotated[str | None, typer.Option("--group", help="A group of groups.yaml.")] = None,
    assign: Annotated[str | None, typer.Option("--assign", help="An agent's name, or none.")] = None,
    priority: Annotated[Priority | None, typer.Option("--priority")] = None,
    kind: Annotated[TicketType | None, typer.Option("--type")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Put a tag on; may be repeated.")] = None,
    untag: Annotated[list[str] | None, typer.Option("--untag", help="Take a tag off; may be repeated.")] = None,
    name: As = None,
) -> None:
    """Change a ticket. Whoever has to know is told by mail, as if an agent had ordered it."""
    orders = Orders(
        status=status,
        group=group,
        assign=assign,
        priority=priority,
        type=kind,
        add_tags=tuple(word.casefold() for word in tag or ()),
        remove_tags=tuple(word.casefold() for word in untag or ()),
    )
    if orders == Orders():
        complain("nothing to change: give --status, --group, --assign, --priority, --type, --tag or --untag")
        raise typer.Exit(2)
    _write(ctx, number, orders, name, "Done.")


def _write(ctx: typer.Context, number: int, orders: Orders, name: str | None, done: str) -> None:
    with opened(ctx) as gateway:
        policy = gateway.desk.policy()
        agent = _agent(name, policy)
        named = _named(orders, agent, policy.directory)
        if not operate(gateway.desk, number, named, agent, f"cli-{clock.fresh_id()}"):
            raise _missing(number)
        _tell(gateway, number, done)


def _tell(gateway: Gateway, number: int, done: str) -> None:
    with gateway.store.reading() as tx:
        sheet = tickets.shown(tx, number)
    if sheet is not None:
        ticket = sheet.ticket
        whose = ticket.assignee or "nobody"
        say(f"{done} Ticket {number}: {ticket.status}, {ticket.priority}, group {ticket.group}, assigned to {whose}.")


def _agent(name: str | None, policy: Policy) -> Agent:
    if name is None:
        return Agent(_unix_user(), "Service desk", policy.admin)
    agent = policy.directory.agent(name)
    if agent is None:
        raise _unknown("--as", name, [known.name for known in policy.directory.agents])
    return agent


def _unix_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in a container
        return "operator"


def _named(orders: Orders, agent: Agent, directory: Directory) -> Orders:
    """Return the orders with names as the directory writes them; leaves with 2 where it does not know one."""
    if orders.group is not None:
        group = directory.group(orders.group)
        if group is None:
            raise _unknown("--group", orders.group, [known.name for known in directory.groups])
        orders = replace(orders, group=group.name)
    if orders.assign is not None:
        orders = replace(orders, assign=_assignee(orders.assign, agent, directory))
    return orders


def _assignee(name: str, agent: Agent, directory: Directory) -> str:
    if name.casefold() == "none":
        return ""
    found = directory.agent(agent.name if name.casefold() == "me" else name)
    if found is None:
        raise _unknown("--assign", name, [*(known.name for known in directory.agents), "none"])
    return found.name


def _unknown(option: str, name: str, known: list[str]) -> typer.Exit:
    complain(f"{option} {name}: this name is not known; there are: {', '.join(known)}")
    return typer.Exit(2)


def _missing(number: int) -> typer.Exit:
    complain(f"there is no ticket {number}")
    return typer.Exit(1)


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
