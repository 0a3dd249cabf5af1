"""`mailgateway events`: what happens to tickets, one line each, in one order that never changes."""

import re
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from mailgateway.cli.apps import single
from mailgateway.cli.lines import say, say_json, wrong_usage
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.moments import SHOWN, read_moment
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.happened import in_words
from mailgateway.cli.views.tables import moment
from mailgateway.desk.as_json import event_object
from mailgateway.desk.events import Event
from mailgateway.store import events as stream
from mailgateway.store.engine import Store

app = single()

_PAGE = 1000
_LOOK_EVERY_SECONDS = 1.0
_NUMBER = re.compile(r"[0-9]{1,15}")


@app.command()
def events(
    ctx: typer.Context,
    *,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="ID|DATE", help="What came behind this event, or from this moment on."),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more, until Ctrl-C.")] = False,
    ticket: Annotated[int | None, typer.Option("--ticket", metavar="N", min=1, help="Only of this ticket.")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="How many at most; 0 for all.")] = 0,
    as_objects: AsJson = False,
) -> None:
    """Show what happens to tickets, as it happens. The oldest first; --follow alone shows what is new."""
    after = _read_since(since)
    with opened(ctx) as gateway:
        start = _start(gateway.store, after, follow=follow)
        for event in _told(gateway.store, start, ticket, limit, follow=follow):
            if as_objects:
                say_json(event_object(event))
            else:
                say(f"{event.id:>8}  {moment(event.at)}  #{event.ticket}  {event.actor}: {in_words(event)}")


def _told(store: Store, after: int, ticket: int | None, limit: int, *, follow: bool) -> Iterator[Event]:
    left = limit or sys.maxsize
    while left:
        page = stream.read_on(store, after, min(left, _PAGE), ticket)
        yield from page
        left -= len(page)
        after = page[-1].id if page else after
        if not page:
            if not follow:
                return
            threading.Event().wait(_LOOK_EVERY_SECONDS)


def _start(store: Store, after: int | datetime | None, *, follow: bool) -> int:
    match after:
        case None:
            return stream.last_number(store) if follow else 0
        case datetime():
            return stream.number_before(store, after)
        case _:
            return after


def _read_since(written: str | None) -> int | datetime | None:
    """Return a number, or a moment; leaves with 2 where it is neither."""
    if written is None or _NUMBER.fullmatch(written):
        return None if written is None else int(written)
    moment_read = read_moment(written)
    if moment_read is None:
        raise wrong_usage(f"--since {written}: write the id of an event, or {SHOWN}")
    return moment_read
