"""`mailgateway refusals`: mails whose orders were not carried out, and answers that are held."""

import sys
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.cli.apps import group
from mailgateway.cli.lines import clean, clean_text, complain, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson, Limit
from mailgateway.cli.views.tables import Column, moment, show_table, span
from mailgateway.desk.as_json import instant
from mailgateway.store.incoming import refusals, spool
from mailgateway.store.incoming.refusals import Refusal

# ruff: noqa: PLC0415 - what parses mails takes as long to import as a list takes to show

app = group("Mails that were refused, and answers that are held, each with the reason.")

_COLUMNS = (
    Column("Id", 8, is_number=True),
    Column("Since", 6, is_number=True),
    Column("Outcome", 8),
    Column("Ticket", 8, is_number=True),
    Column("From", 22),
    Column("Why, and whether the writer was told", 0),
)


@app.command("list")
def list_(ctx: typer.Context, *, limit: Limit = 50, as_objects: AsJson = False) -> None:
    """List mails that were refused and answers that are still held, newest first."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        found = refusals.listed(tx, limit)
        now = clock.now()
    if as_objects:
        for one in found:
            say_json(_as_json(one))
        return
    rows = ((one.id, span(now - one.at), one.outcome, one.ticket, one.sender, _why(one)) for one in found)
    show_table(_COLUMNS, rows, "No mail was refused.")


@app.command()
def show(
    ctx: typer.Context,
    entry_id: Annotated[int, typer.Argument(metavar="ID", help="A number from the list.")],
    *,
    as_object: AsJson = False,
    raw: Annotated[bool, typer.Option("--raw", help="The bytes of the mail, as they came.")] = False,
) -> None:
    """Show such a mail. Why it was not carried out, and what its writer wrote."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        one = refusals.read(tx, entry_id)
        if one is None:
            complain(f"{entry_id} is no mail that was refused; see mailgateway refusals list")
            raise typer.Exit(1)
        content = spool.raw(tx, entry_id)
    if raw:
        sys.stdout.buffer.write(content)
        return
    from mailgateway.mail.describe import describe

    described = describe(f"refusal {entry_id}", content)
    if as_object:
        say_json({**_as_json(one), "mail": described})
        return
    say(clean(f"{one.id}  {one.subject or '(no subject)'}"))
    say(clean(f"from     {one.sender or '(nobody)'}, {moment(one.at)}, in mailbox {one.mailbox}"))
    say(clean(f"ticket   {one.ticket or '(none)'}"))
    say(clean(f"{one.outcome:<8} {_why(one)}", 2000))
    say("")
    say(clean_text(str(described["reply"] or described["text"] or "(no text)")))


def _why(one: Refusal) -> str:
    return f"{one.reason}; not told: {one.not_told}" if one.not_told else one.reason


def _as_json(one: Refusal) -> dict[str, object]:
    return {
        "id": one.id,
        "at": instant(one.at),
        "mailbox": one.mailbox,
        "ticket": one.ticket,
        "outcome": one.outcome.value,
        "from": one.sender,
        "subject": one.subject,
        "reason": one.reason,
        "not_told": one.not_told,
    }
