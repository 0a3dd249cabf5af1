"""`mailgateway knowledge`: the answers, whether they are right, how they are found, and whether they helped."""

from collections.abc import Mapping
from typing import Annotated

import typer

from mailgateway.cli.apps import group
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.findings import findings_said
from mailgateway.cli.views.tables import Column, show_table
from mailgateway.config.load import load
from mailgateway.desk.answers.knowledge import Library, likeness, query_of
from mailgateway.errors import ConfigError
from mailgateway.store.service import answers

app = group("The answers of the knowledge folder.")

_COUNTED = ("proposed", "inserted", "sent", "helped", "not_helped")
_LIST = (
    Column("Name", 24),
    Column("In", 12),
    Column("For", 9),
    Column("Proposed", 8, is_number=True),
    Column("Inserted", 8, is_number=True),
    Column("Sent", 6, is_number=True),
    Column("Helped", 6, is_number=True),
    Column("Not", 6, is_number=True),
    Column("Title", 0),
)
_HITS = (Column("Fits", 6, is_number=True), Column("Name", 24), Column("Language", 8), Column("Title", 0))


@app.command()
def check(ctx: typer.Context, *, as_objects: AsJson = False) -> None:
    """Check the answers. Their keys, names, languages, lengths and links among each other."""
    from mailgateway.render.check_answers import broken_links  # noqa: PLC0415 - loads the parser of Markdown

    with findings_said(as_objects=as_objects):
        library = load(invocation(ctx).config).library
        wrong = broken_links(library)
        if wrong:
            raise ConfigError(wrong)
    count = len(library.names)
    if not as_objects:
        say(f"fine: {count} answer{'' if count == 1 else 's'} in {len(library.answers)} files")


@app.command("list")
def list_(ctx: typer.Context, *, as_objects: AsJson = False) -> None:
    """List the answers. How often each was proposed, inserted and sent to a customer, and what came of it.

    One that was used and has no file any more is listed by its old name.
    """
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        library = gateway.policy.library
        counts = answers.counts(tx)
    names = dict.fromkeys((*library.names, *counts))
    lines = [_line(name, library, counts.get(name, answers.Counts())) for name in names]
    if as_objects:
        for line in lines:
            say_json(line)
    else:
        show_table(_LIST, map(_row, lines), "There are no answers.")


@app.command()
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What a customer would write.")],
    *,
    as_objects: AsJson = False,
) -> None:
    """Search the answers as is done for a new ticket. Shows how well each fits, from 0 to 1."""
    from mailgateway.rules.language import language_of  # noqa: PLC0415 - loads tables of ten megabytes

    asked = " ".join(words)
    with opened(ctx) as gateway, gateway.store.writing() as tx:
        library = gateway.policy.library
        found = answers.search(tx, library, query_of(asked, ""), language_of(asked))
    there = {(one.name, one.language): one for one in library.answers}
    hits = [(likeness(there[hit.name, hit.language], asked, ""), there[hit.name, hit.language]) for hit in found]
    hits.sort(key=lambda hit: -hit[0])
    if as_objects:
        for score, one in hits:
            say_json({"name": one.name, "language": one.language, "title": one.title, "likeness": score})
        return
    rows = [(f"{score:.2f}", one.name, one.language, one.title) for score, one in hits]
    show_table(_HITS, rows, "No answer has any of these words.")


def _line(name: str, library: Library, counts: answers.Counts) -> dict[str, object]:
    versions = [one for one in library.answers if one.name == name]
    return {
        "name": name,
        "title": versions[0].title if versions else None,
        "languages": [one.language for one in versions],
        "for_customers": any(one.for_customers for one in versions),
        **{key: getattr(counts, key) for key in _COUNTED},
    }


def _row(line: Mapping[str, object]) -> tuple[object, ...]:
    languages, counted = line["languages"], (line[key] for key in _COUNTED)
    if not isinstance(languages, list) or not languages:
        return (line["name"], "", "", *counted, "(has no file any more)")
    return (
        line["name"],
        " ".join(languages),
        "customers" if line["for_customers"] else "agents",
        *counted,
        line["title"],
    )
