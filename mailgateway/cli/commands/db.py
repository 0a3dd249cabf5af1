"""`mailgateway db`: the schema of the database."""

import typer

from mailgateway.app import open_bare_store
from mailgateway.cli.apps import group
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import say
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
def current(ctx: typer.Context) -> None:
    """Show the revision of the database. Leaves with 1 where it is not the one that this version works with."""
    store = open_bare_store(invocation(ctx).config, makes=False)
    try:
        has, wants = schema.current(store), schema.head()
    finally:
        store.close()
    say(has or "empty")
    if has != wants:
        say(f"This version works with {wants}: run `mailgateway db upgrade`.")
        raise typer.Exit(1)
