"""`mailgateway quarantine`: mails set aside, looked at, filed after all, or dropped."""

import sys
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.app import Gateway
from mailgateway.cli.apps import group
from mailgateway.cli.lines import clean_text, complain, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.options import AsJson, Ids, Limit
from mailgateway.cli.tables import Column, moment, show_table, span
from mailgateway.desk.as_json import instant
from mailgateway.desk.plan import Disposition
from mailgateway.store import quarantine, spool
from mailgateway.store.quarantine import Quarantined

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
    say(f"File it with `mailgateway quarantine replay {entry.id}`, or drop it with `… discard {entry.id}`.")


@app.command()
def replay(ctx: typer.Context, ids: Ids) -> None:
    """File mails after all. Rules set them aside no more, and too large ones are filed by their header."""
    wanted = list(dict.fromkeys(ids))
    with opened(ctx) as gateway:
        with gateway.store.writing() as tx:
            known = {entry.id for entry in quarantine.read(tx, wanted)}
            quarantine.replay(tx, list(known))
        again = [_replayed(gateway, entry) for entry in wanted if entry in known]
    _name_unknown([entry for entry in wanted if entry not in known])
    if not all(again) or len(again) < len(wanted):
        raise typer.Exit(1)


@app.command()
def discard(ctx: typer.Context, ids: Ids) -> None:
    """End mails without a ticket. Their bytes stay in the store."""
    wanted = list(dict.fromkeys(ids))
    with opened(ctx) as gateway, gateway.store.writing() as tx:
        known = {entry.id for entry in quarantine.read(tx, wanted)}
        done = quarantine.discard(tx, list(known), clock.now())
    say(f"{done} of {len(wanted)} discarded.")
    _name_unknown([entry for entry in wanted if entry not in known])
    if done < len(wanted):
        raise typer.Exit(1)


def _replayed(gateway: Gateway, entry: int) -> bool:
    from mailgateway.flows.ingest import ingest

    disposition = ingest(gateway.desk, entry)
    outcome = disposition.value if disposition is not None else "waits: it is filed by the running daemon, or later"
    say(f"{entry}: {outcome}")
    return disposition is not Disposition.QUARANTINED


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
