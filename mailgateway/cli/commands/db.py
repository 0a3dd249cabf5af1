"""`mailgateway db`: the schema of the database, its backup, and whether all that it names is there."""

from pathlib import Path
from typing import Annotated

import typer

from mailgateway.app import open_bare_store
from mailgateway.cli.apps import group
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import say, say_json, wrong_usage
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.progress import progress
from mailgateway.store import backup as backups
from mailgateway.store import schema

app = group("The database: its schema, its backup, and whether all that it names is there.")


@app.command()
def upgrade(ctx: typer.Context, *, as_object: AsJson = False) -> None:
    """Bring the database to the schema of this version. Harmless to repeat."""
    store = open_bare_store(invocation(ctx).config)
    try:
        before = schema.current(store)
        schema.upgrade(store)
        after = schema.current(store)
    finally:
        store.close()
    if as_object:
        say_json({"revision": after, "before": before or None})
        return
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


@app.command()
def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file for the copy.")],
    *,
    as_object: AsJson = False,
) -> None:
    """Copy an SQLite database while the daemon runs. Copy the blobs after it."""
    store = open_bare_store(invocation(ctx).config, makes=False)
    try:
        size = backups.back_up(store, file)
    except OSError as error:
        raise wrong_usage(f"{file}: {error.strerror or 'is there already; name a new file'}") from None
    finally:
        store.close()
    if as_object:
        say_json({"file": str(file), "bytes": size})
    else:
        say(f"{size / 1_000_000:.1f} MB in {file}. Now copy the blobs.")


@app.command()
def verify(ctx: typer.Context, *, as_objects: AsJson = False) -> None:
    """Read every file that the database names. Leaves with 1 where one is missing or damaged."""
    wrong = 0
    with opened(ctx) as gateway, progress(backups.last_named(gateway.store), "parts") as shown:
        for done, lines in backups.damaged(gateway.store):
            wrong += len(lines)
            for line in lines:
                if as_objects:
                    say_json({"problem": line})
                else:
                    shown.step(0, line, is_odd=True)
            shown.step(done, "", is_odd=False)
    if not as_objects:
        say(f"{wrong} missing or damaged." if wrong else "Every file that the database names is there, and whole.")
    if wrong:
        raise typer.Exit(1)
