"""`mailgateway outbox`: letters that wait, and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.cli.apps import group
from mailgateway.cli.lines import say, say_json, wrong_usage
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson, Ids, Limit, OptionalIds
from mailgateway.cli.views.tables import Column, show_table, span
from mailgateway.cli.views.tally import Tally
from mailgateway.desk.as_json import instant
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.outbox import OutboxLine

app = group("Letters that wait to be sent, or could not be.")

_COLUMNS = (
    Column("Id", 8, is_number=True),
    Column("Ticket", 8, is_number=True),
    Column("Letter", 18),
    Column("State", 9),
    Column("Tries", 5, is_number=True),
    Column("Next", 6, is_number=True),
    Column("To, last error", 0),
)


@app.command("list")
def list_(
    ctx: typer.Context,
    *,
    everything: Annotated[bool, typer.Option("--all", help="What is sent and cancelled as well.")] = False,
    limit: Limit = 50,
    as_objects: AsJson = False,
) -> None:
    """List what is not yet sent, newest first."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        found = outbox.listed(tx, everything, limit)
        now = clock.now()
    if as_objects:
        for line in found:
            say_json(_as_json(line))
        return
    rows = (_row(line, now) for line in found)
    show_table(_COLUMNS, rows, "There are no letters." if everything else "Nothing waits to be sent.")


@app.command()
def retry(
    ctx: typer.Context,
    ids: OptionalIds = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Everything that waits for its next try or turn.")] = False,
    as_object: AsJson = False,
) -> None:
    """Send letters now that failed, were cancelled, or wait; no rate of their domain holds them up."""
    if bool(ids) is everything:
        raise wrong_usage("say which letters: their ids, or --all for everything that waits")
    with opened(ctx) as gateway, gateway.store.writing() as tx:
        done = outbox.retry(tx, ids, clock.now()) if ids else outbox.retry_waiting(tx, clock.now())
    if ids:
        _tally(done, ids, "queued again", "sent, being sent, or unknown").tell(as_object=as_object)
    elif as_object:
        say_json({"done": done, "asked": None})
    else:
        say(f"{done} queued to be sent now.")


@app.command()
def cancel(ctx: typer.Context, ids: Ids, *, as_object: AsJson = False) -> None:
    """Give letters up that wait or failed."""
    with opened(ctx) as gateway, gateway.store.writing() as tx:
        done = outbox.cancel(tx, ids, clock.now())
    _tally(done, ids, "cancelled", "sent, being sent, cancelled before, or unknown").tell(as_object=as_object)


def _tally(done: int, ids: Sequence[int], what: str, otherwise: str) -> Tally:
    return Tally(done, len(set(ids)), what, otherwise, "outbox list --all")


def _as_json(line: OutboxLine) -> dict[str, object]:
    return {
        "id": line.id,
        "ticket": line.ticket,
        "template": line.template,
        "to": line.to,
        "state": line.state,
        "attempts": line.attempts,
        "next_attempt_at": instant(line.next_attempt_at),
        "last_error": _last_error(line) or None,
        "message_id": line.message_id,
    }


def _last_error(line: OutboxLine) -> str:
    """Return what the server last said against it; its thanks for a letter that it took is none."""
    return "" if line.state is DeliveryState.SENT else line.last_error


def _row(line: OutboxLine, now: datetime) -> tuple[object, ...]:
    error = _last_error(line)
    uncertain = " (may have arrived)" if line.uncertain and line.state is not DeliveryState.SENT else ""
    to = f"{line.to}{uncertain}: {error}" if error else f"{line.to}{uncertain}"
    due = span(line.next_attempt_at - now) if line.next_attempt_at else ""
    return line.id, line.ticket, line.template, line.state, line.attempts, due, to
