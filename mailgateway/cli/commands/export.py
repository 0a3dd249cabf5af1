"""`mailgateway export`: what is kept about a person, for who asks to see it."""

from pathlib import Path
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.cli.apps import single
from mailgateway.cli.exported import destination
from mailgateway.cli.lines import complain, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.progress import progress
from mailgateway.cli.whom import Addresses, look_for, say_counts
from mailgateway.flows.privacy.export import Export

app = single()


@app.command()
def export(
    ctx: typer.Context,
    addresses: Addresses,
    *,
    to: Annotated[
        Path, typer.Option("--to", metavar="PATH", help="A new folder, or a new file that ends in .zip.")
    ] = Path("export"),
    notes: Annotated[
        bool, typer.Option("--notes", help="Agents' notes on their tickets as well, by themselves.")
    ] = False,
    as_object: AsJson = False,
) -> None:
    """Write what is kept about a person into a folder. Leaves with 1 where some of it could not be read."""
    with opened(ctx) as gateway:
        found = look_for(gateway, addresses)
        made = Export(gateway.store, found, clock.now(), with_notes=notes)
        files = 0
        with destination(to) as write, progress(made.steps, "files") as shown:
            for piece in made.pieces():
                write(piece.path, piece.content)
                files += 1
                shown.step(1, "", is_odd=False)
    if as_object:
        say_json({"addresses": sorted(found.person.addresses), "path": str(to), "files": files, "counts": found.counts,
                  "missing": made.missing})  # fmt: skip
    else:
        say(f"{files} files in {to}." if not found.is_nothing else f"Nothing is kept about them; {to} says so.")
        say_counts(found.counts)
    for line in made.missing:
        complain(line)
    if made.missing:
        raise typer.Exit(1)
