"""`mailgateway keys`: what signs reply addresses."""

import typer

from mailgateway import clock
from mailgateway.app import open_bare_store
from mailgateway.cli.apps import group
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import say, say_json
from mailgateway.cli.typed.options import AsJson
from mailgateway.store import keys

_ABOUT = "The keys that sign reply addresses."
app = group(_ABOUT)


@app.callback(help=_ABOUT)
def _group() -> None:
    """Keep the one command a command of a group."""


@app.command()
def rotate(ctx: typer.Context, *, as_object: AsJson = False) -> None:
    """Sign with a new key from now on. The one before is believed still, older ones no more.

    Running daemons take it up by themselves within seconds.
    """
    store = open_bare_store(invocation(ctx).config, makes=False)
    try:
        with store.writing() as tx:
            kept = keys.rotate(tx, bytes.fromhex(clock.fresh_id() + clock.fresh_id()))
    finally:
        store.close()
    if as_object:
        say_json({"rotated": True, "believed": len(kept)})
        return
    before = "that of before is believed still" if len(kept) > 1 else "there was none before"
    say(f"A new key signs reply addresses and ids of letters; {before}.")
