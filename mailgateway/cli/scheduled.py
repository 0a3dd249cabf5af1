"""The reports of gateway.yaml at the shell: when each is due, and one as it would be sent now."""

from collections.abc import Iterator
from datetime import date, datetime

import typer

from mailgateway import clock
from mailgateway.app import Gateway
from mailgateway.cli.lines import clean_text, say, say_json
from mailgateway.cli.typed.names import unknown
from mailgateway.cli.views.tables import Column, moment, show_table
from mailgateway.desk.as_json import instant
from mailgateway.desk.reporting.copies import Copy
from mailgateway.flows.timed.issue import Prepared, all_copies, prepare, send
from mailgateway.store.reports.issues import last_issues

_COLUMNS = (
    Column("Report", 12),
    Column("Every", 5),
    Column("Of", 12),
    Column("To", 0),
    Column("Made for", 10),
    Column("Next", 16),
)


def show_schedule(gateway: Gateway, *, as_json: bool) -> None:
    """Show every copy of every report: what it is of, who reads it, up to where it was made, when it is due."""
    now = clock.now()
    with gateway.store.reading() as tx:
        issued = last_issues(tx)
    found = [(copy, issued.get((copy.of.name, copy.whose))) for copy in all_copies(gateway.policy)]
    if as_json:
        for copy, last in found:
            say_json(_object(copy, last, now))
        return
    rows = (
        (
            copy.of.name,
            copy.of.schedule.every.value,
            copy.whose or copy.of.about.value,
            ", ".join(reader.address for reader in copy.readers),
            last,
            moment(copy.of.schedule.following(now, copy.zone)),
        )
        for copy, last in found
    )
    show_table(_COLUMNS, rows, "No report is sent by itself: write one below reports: in gateway.yaml.")


def show_letters(gateway: Gateway, name: str, *, as_json: bool, send: bool) -> None:
    """Show the letters of a report as they would be sent now, or send them; its schedule goes on as it was."""
    known = [one.name for one in gateway.policy.reports]
    if name not in known:
        raise unknown("--name", name, known)
    for copy, prepared in _prepared(gateway, name):
        if send:
            _send(gateway, copy, prepared, as_json=as_json)
        else:
            _show(gateway, prepared, as_json=as_json)


def _prepared(gateway: Gateway, name: str) -> Iterator[tuple[Copy, Prepared]]:
    now, nothing = clock.now(), True
    for copy in all_copies(gateway.policy):
        if copy.of.name == name:
            day = copy.of.schedule.newest(now, copy.zone) or now.astimezone(copy.zone).date()
            prepared = prepare(gateway.desk, copy, day)
            if prepared.notices:
                nothing = False
                yield copy, prepared
    if nothing:
        typer.echo(f"The report {name} has nothing to tell, or nobody to tell it to.", err=True)


def _send(gateway: Gateway, copy: Copy, prepared: Prepared, *, as_json: bool) -> None:
    with gateway.store.writing() as tx:
        letters = send(gateway.desk, tx, prepared, f"report-{clock.fresh_id()}")
    if as_json:
        readers = [reader.address for reader in copy.readers]
        say_json({"report": copy.of.name, "of": copy.whose or None, "to": readers, "queued": bool(letters)})
    elif letters:
        say(f"The report {copy.of.name} {copy.whose}".rstrip() + f" is queued for {_readers(copy)}.")
    else:
        say(f"Nothing is sent to {_readers(copy)}: letters to them came back.")


def _show(gateway: Gateway, prepared: Prepared, *, as_json: bool) -> None:
    notice = prepared.notices[0]
    rendered = gateway.desk.renderer().render(notice)
    readers = [one.recipient.address for one in prepared.notices]
    files = [one.filename for one in prepared.files]
    if as_json:
        say_json({"to": readers, "subject": rendered.subject, "text": rendered.text, "attachments": files})
        return
    say(f"To: {', '.join(readers)}")
    say(f"Subject: {rendered.subject}")
    if files:
        say(f"Attached: {', '.join(files)}")
    typer.echo(clean_text(f"\n{rendered.text}"))


def _readers(copy: Copy) -> str:
    return ", ".join(reader.address for reader in copy.readers)


def _object(copy: Copy, last: date | None, now: datetime) -> dict[str, object]:
    return {
        "name": copy.of.name,
        "what": copy.of.content.value,
        "every": copy.of.schedule.every.value,
        "for": copy.of.about.value,
        "of": copy.whose or None,
        "to": [reader.address for reader in copy.readers],
        "language": copy.language,
        "made_for": None if last is None else last.isoformat(),
        "next_at": instant(copy.of.schedule.following(now, copy.zone)),
    }
