"""`mailgateway quarantine`: mails set aside, looked at, filed after all, or dropped."""

import sys
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.cli.apps import group
from mailgateway.cli.lines import clean_text, complain, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson, Ids, Limit
from mailgateway.cli.views.tables import Column, moment, show_table, span
from mailgateway.desk.as_json import instant
from mailgateway.desk.plan import Disposition
from mailgateway.desk.quarantine.decision import Order
from mailgateway.store.incoming import quarantine, spool
from mailgateway.store.incoming.quarantine import Quarantined

# ruff: noqa: PLC0415 - what parses and files mails takes as long to import as a list takes to show

app = group("Mails that were set aside for a person.")

_COLUMNS = (
    Column("Id", 8, is_number=True),
    Column("Since", 6, is_number=True),
    Column("Mailbox", 12),
    Column("From", 24),
    Column("Subject, and why it is here", 0),
)

Id = Annotated[int, typer.Argument(metavar="ID", help="A number from the list.")]


@app.command("list")
def list_(ctx: typer.Context, *, limit: Limit = 50, as_objects: AsJson = False) -> None:
    """List the mails that are set aside, newest first."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        found = quarantine.listed(tx, limit)
        now = clock.now()
    if as_objects:
        for entry in found:
            say_json(_as_json(entry))
        return
    rows = (
        (one.id, span(now - one.at), one.mailbox, one.sender, f"{one.subject or '(no subject)'} — {one.error}")
        for one in found
    )
    show_table(_COLUMNS, rows, "The quarantine is empty.")


@app.command()
def show(
    ctx: typer.Context,
    entry_id: Id,
    *,
    as_object: AsJson = False,
    raw: Annotated[bool, typer.Option("--raw", help="The bytes of the mail, as they came.")] = False,
) -> None:
    """Show a mail that is set aside. Why it is, and what is understood of it."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        entry = _entry(quarantine.read(tx, [entry_id]), entry_id)
        content = spool.raw(tx, entry_id)
    if raw:
        sys.stdout.buffer.write(content)
        return
    from mailgateway.mail.describe import describe

    described = describe(f"quarantine {entry_id}", content)
    if as_object:
        more = {"sender": entry.sender, "size": entry.size, "stage": entry.stage, "mail": described}
        say_json({**_as_json(entry), **more})
        return
    say(f"{entry.id}  {entry.subject or '(no subject)'}")
    say(f"from     {entry.sender or '(nobody)'}")
    say(f"came to  mailbox {entry.mailbox}, UID {entry.uid or 'none'}, {entry.size} bytes")
    say(f"problem  {entry.stage}: {entry.error} ({moment(entry.at)})")
    for line in clean_text(str(described["text"]))[:4000].split("\n"):
        say(f"  │ {line}".rstrip())
    say(f"File it with `mailgateway quarantine replay {entry.id}`, or drop it with `… discard {entry.id}`;")
    say(f"`… ticket {entry.id}` opens a ticket of it whatever is odd about it.")


@app.command()
def replay(ctx: typer.Context, ids: Ids, *, as_objects: AsJson = False) -> None:
    """File mails after all. Rules set them aside no more, and too large ones are filed by their header."""
    _file(ctx, ids, Order.RELEASE, as_objects=as_objects)


@app.command()
def ticket(ctx: typer.Context, ids: Ids, *, as_objects: AsJson = False) -> None:
    """Open a ticket of each, whatever is odd about it. The raw mail is attached, and its writer is not told."""
    _file(ctx, ids, Order.TICKET, as_objects=as_objects)


@app.command()
def discard(ctx: typer.Context, ids: Ids, *, as_objects: AsJson = False) -> None:
    """End mails without a ticket. Their bytes stay in the store."""
    wanted = list(dict.fromkeys(ids))
    done = _ordered(ctx, wanted, Order.DROP)
    if as_objects:
        _say_outcomes(done)
    else:
        say(f"{len(done)} of {len(wanted)} discarded.")
    _leave(wanted, done)


def _file(ctx: typer.Context, ids: list[int], order: Order, *, as_objects: bool) -> None:
    wanted = list(dict.fromkeys(ids))
    done = _ordered(ctx, wanted, order)
    if as_objects:
        _say_outcomes(done)
    for entry, disposition in () if as_objects else done.items():
        waits = "waits: it is filed by the running daemon, or later"
        say(f"{entry}: {waits if disposition is None else disposition.value}")
    _leave(wanted, done)


def _say_outcomes(done: dict[int, Disposition | None]) -> None:
    """Say of each mail how it ended; null where it waits to be filed."""
    for entry, disposition in done.items():
        say_json({"id": entry, "disposition": None if disposition is None else disposition.value})


def _ordered(ctx: typer.Context, wanted: list[int], order: Order) -> dict[int, Disposition | None]:
    from mailgateway.cli.orders import unix_user
    from mailgateway.flows.ingest import ingest
    from mailgateway.flows.quarantine import decide_by_hand

    with opened(ctx) as gateway:
        return decide_by_hand(gateway.desk, wanted, order, unix_user(), ingest)


def _leave(wanted: list[int], done: dict[int, Disposition | None]) -> None:
    """Name what is not in quarantine; leave with 1 where something was not done."""
    _name_unknown([entry for entry in wanted if entry not in done])
    if len(done) < len(wanted) or Disposition.QUARANTINED in done.values():
        raise typer.Exit(1)


def _entry(found: tuple[Quarantined, ...], entry_id: int) -> Quarantined:
    if not found:
        _name_unknown([entry_id])
        raise typer.Exit(1)
    return found[0]


def _name_unknown(ids: list[int]) -> None:
    for entry in ids:
        complain(f"{entry}: this is not in quarantine; `mailgateway quarantine list` shows what is")


def _as_json(entry: Quarantined) -> dict[str, object]:
    return {
        "id": entry.id,
        "mailbox": entry.mailbox,
        "uid": entry.uid,
        "message_id": entry.message_id or None,
        "subject": entry.subject,
        "error": entry.error,
        "at": instant(entry.at),
    }
