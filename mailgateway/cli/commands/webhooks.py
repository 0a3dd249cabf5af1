"""`mailgateway webhooks`: calls of other systems, and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.cli.apps import group
from mailgateway.cli.lines import complain, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.names import unknown
from mailgateway.cli.typed.options import AsJson, Ids, Limit
from mailgateway.cli.views.tables import Column, show_table, span
from mailgateway.cli.views.tally import Tally
from mailgateway.desk.as_json import instant
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.store.outgoing import calls
from mailgateway.store.outgoing.calls import CallLine

app = group("Calls of other systems, and what became of them.")

_COLUMNS = (
    Column("Id", 8, is_number=True),
    Column("Webhook", 14),
    Column("Ticket", 8, is_number=True),
    Column("Event", 16),
    Column("State", 9),
    Column("Tries", 5, is_number=True),
    Column("Next", 6, is_number=True),
    Column("Last answer", 0),
)


@app.command("list")
def list_(
    ctx: typer.Context,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Calls that got through or were cancelled as well.")
    ] = False,
    limit: Limit = 50,
    as_objects: AsJson = False,
) -> None:
    """List calls that did not get through yet, newest first."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        found = calls.listed(tx, everything, limit)
        now = clock.now()
    if as_objects:
        for line in found:
            say_json(_as_json(line))
        return
    rows = (_row(line, now) for line in found)
    show_table(_COLUMNS, rows, "There are no calls." if everything else "No call waits.")


@app.command()
def retry(ctx: typer.Context, ids: Ids, *, as_object: AsJson = False) -> None:
    """Make calls again that failed, were cancelled, or wait for their next try."""
    with opened(ctx) as gateway, gateway.store.writing() as tx:
        done = calls.retry(tx, ids, clock.now())
    _tally(done, ids, "queued again", "through, being made, or unknown").tell(as_object=as_object)


@app.command()
def cancel(ctx: typer.Context, ids: Ids, *, as_object: AsJson = False) -> None:
    """Give calls up that wait or failed."""
    with opened(ctx) as gateway, gateway.store.writing() as tx:
        done = calls.cancel(tx, ids, clock.now())
    _tally(done, ids, "cancelled", "through, being made, cancelled before, or unknown").tell(as_object=as_object)


@app.command("test")
def call_once(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A webhook of gateway.yaml.")],
    *,
    as_object: AsJson = False,
) -> None:
    """Call a webhook once, with an event of the type test. Nothing is queued. Leaves with 1 where it is not taken."""
    from mailgateway.flows.sending.call import trial  # noqa: PLC0415 - a list needs no HTTP

    with opened(ctx) as gateway:
        lines = {line.endpoint.name: line for line in gateway.lines()}
        if name not in lines:
            raise unknown("NAME", name, lines)
        outcome = trial(gateway.desk, lines[name].endpoint, clock.fresh_id())
    if as_object:
        say_json({"webhook": name, "taken": outcome.is_taken, "answer": outcome.answer})
    elif outcome.is_taken:
        say(f"taken: {outcome.answer}")
    else:
        complain(f"not taken: {outcome.answer}")
    if not outcome.is_taken:
        raise typer.Exit(1)


def _tally(done: int, ids: Sequence[int], what: str, otherwise: str) -> Tally:
    return Tally(done, len(set(ids)), what, otherwise, "webhooks list --all")


def _as_json(line: CallLine) -> dict[str, object]:
    return {
        "id": line.id,
        "webhook": line.webhook,
        "ticket": line.ticket,
        "event": line.what,
        "state": line.state,
        "attempts": line.attempts,
        "created_at": instant(line.created_at),
        "next_attempt_at": instant(line.next_attempt_at),
        "ended_at": instant(line.ended_at),
        "last_answer": line.answer or None,
        "uncertain": line.uncertain,
        "message_id": line.message_id,
    }


def _row(line: CallLine, now: datetime) -> tuple[object, ...]:
    due = span(line.next_attempt_at - now) if line.next_attempt_at else ""
    uncertain = " (may have arrived)" if line.uncertain and line.state is not DeliveryState.SENT else ""
    return (
        line.id,
        line.webhook,
        line.ticket,
        line.what,
        line.state,
        line.attempts,
        due,
        f"{line.answer}{uncertain}",
    )
