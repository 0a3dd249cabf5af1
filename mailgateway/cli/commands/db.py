"""`mailgateway db`: the schema of the database."""

import typer

from mailgateway.app import open_bare_store
from mailgateway.cli.apps import group
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import say, say_json
from mailgateway.cli.options import AsJson
from mailgateway.store import schema

app = group("The schema of the database.")


@app.command()
def upgrade(ctx: typer.Context) -> None:
    """Bring the database to the schema of this version. Harmless to repeat."""
    store = open_bare_store(invocation(ctx).config)
    try:
        before = schema.current(store)
        schema.upgrade(store)
        after = schema.current(store)
    finally:
        store.close()
    was = "as it was" if before == after else f"it was {f'at {before}' if before else 'empty'}"
    say(f"The database is at revision {after}; {was}.")


@app.command()
def current(ctx: typer.Context, *, as_object: AsJson = False) -> None:
    """Show the revision of the database. Leaves with 1 where it is not the one that this version works with."""
    store = open_bare_store(invocation(ctx).config, makes=False)
    try:
        has, wants = schema.current(store), schema.head()
    finally:
        store.close()
    if as_object:
        say_json({"revision": has or None, "wanted": wants})
    else:
        say(has or "empty")
        if has != wants:
            say(f"This version works with {wants}: run `mailgateway db upgrade`.")
    if has != wants:
        raise typer.Exit(1)
