"""`mailgateway retention`: what has outlived its time."""

import typer

from mailgateway import clock
from mailgateway.cli.apps import single
from mailgateway.cli.lines import say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.tables import Column, moment, show_table
from mailgateway.flows.privacy.kept import kept_object, read_kept
from mailgateway.store.privacy import outlived

app = single()

_COLUMNS = (
    Column("What", 12),
    Column("Of tickets closed before", 24),
    Column("Would go now", 12, is_number=True),
    Column("Removed", 10, is_number=True),
    Column("Last done", 16),
)


@app.command()
def retention(ctx: typer.Context, *, as_objects: AsJson = False) -> None:
    """Show what has outlived its time and would go now. Changes nothing; the daemon removes it."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        found = [
            (one, outlived.count(tx, one.kind, one.before))
            for one in read_kept(tx, gateway.policy.retention, clock.now())
        ]
    if as_objects:
        for one, due in found:
            say_json({**kept_object(one), "due": due})
        return
    if not found:
        say("Everything is kept for ever: retention: in gateway.yaml says otherwise.")
        return
    rows = (
        (one.kind.value, moment(one.before), due, one.removed, moment(one.done_at) or "never") for one, due in found
    )
    show_table(_COLUMNS, rows, "")
