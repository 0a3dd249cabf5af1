"""`mailgateway suppressions`: addresses that nothing is sent to."""

from datetime import timedelta
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.cli.apps import group
from mailgateway.cli.lines import complain, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.addresses import address as typed
from mailgateway.cli.typed.options import AsJson, Limit
from mailgateway.cli.views.tables import Column, show_table
from mailgateway.desk.as_json import instant
from mailgateway.desk.letters.suppression import Reachability
from mailgateway.store.outgoing import suppressions

app = group("Addresses that nothing is sent to.")

_COLUMNS = (Column("Address", 34), Column("Until", 10), Column("By", 10), Column("Why", 0))
_OPERATOR = "operator"
Addresses = Annotated[list[str], typer.Argument(metavar="ADDRESS", help="Mail addresses.")]


@app.command("list")
def list_(ctx: typer.Context, *, limit: Limit = 50, as_objects: AsJson = False) -> None:
    """List addresses that letters came back from, or that were added here; the last ones first."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        found = suppressions.listed(tx, clock.now(), limit)
    if as_objects:
        for one in found:
            say_json(_as_json(one))
        return
    rows = ((one.address, _until(one), one.by, one.reason) for one in found)
    show_table(_COLUMNS, rows, "No address is suppressed.")


@app.command()
def add(
    ctx: typer.Context,
    addresses: Addresses,
    *,
    days: Annotated[
        int | None,
        typer.Option("--days", metavar="N", min=1, max=36_500, help="For N days; by default for good."),
    ] = None,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What shall stand in the list.")] = "",
    as_object: AsJson = False,
) -> None:
    """Send nothing more to addresses. Their mails are filed all the same."""
    wanted = [typed(address) for address in addresses]
    with opened(ctx) as gateway, gateway.store.writing() as tx:
        now = clock.now()
        until = now + timedelta(days=days) if days else suppressions.FOR_EVER
        reason = " ".join(why.split()) or "closed by an operator"
        suppressions.keep(tx, [Reachability(address, 0, now, until, reason, _OPERATOR) for address in wanted])
    if as_object:
        say_json({"done": len(wanted), "asked": len(wanted)})
    else:
        say(f"{len(wanted)} suppressed.")


@app.command()
def remove(ctx: typer.Context, addresses: Addresses, *, as_object: AsJson = False) -> None:
    """Let addresses be written to again."""
    with opened(ctx) as gateway, gateway.store.writing() as tx:
        done = suppressions.remove(tx, addresses)
    if as_object:
        say_json({"done": done, "asked": len(set(addresses))})
    else:
        say(f"{done} of {len(set(addresses))} may be written to again.")
    if done < len(set(addresses)):
        complain("the others were not suppressed; `mailgateway suppressions list` shows those that are")


def _until(one: Reachability) -> str:
    return "for good" if one.until is None or one.until >= suppressions.FOR_EVER else f"{one.until:%Y-%m-%d}"


def _as_json(one: Reachability) -> dict[str, object]:
    for_good = one.until is None or one.until >= suppressions.FOR_EVER
    return {
        "address": one.address,
        "since": instant(one.since),
        "until": None if for_good else instant(one.until),
        "failures": one.failures,
        "by": one.by,
        "reason": one.reason,
    }
