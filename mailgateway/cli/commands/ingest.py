"""`mailgateway ingest`: mails from files or a pipe, filed as if they had arrived in a mailbox."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.app import Gateway
from mailgateway.cli.apps import single
from mailgateway.cli.lines import complain, say
from mailgateway.cli.opened import opened
from mailgateway.cli.progress import Shown, progress
from mailgateway.cli.sources import Found, files_below, mails_in, mails_of
from mailgateway.config.gateway.file import Mailbox
from mailgateway.config.settings import Settings
from mailgateway.desk.plan import Disposition
from mailgateway.errors import ConfigError, Finding, GatewayError
from mailgateway.flows.ingest import ingest as filed
from mailgateway.store.incoming import spool
from mailgateway.store.incoming.spool import BATCH_BYTES, BATCH_MAILS, Arrival

app = single()

_STANDARD_INPUT = "-"
# sysexits.h EX_TEMPFAIL: the MTA that pipes a mail to us keeps it and tries again
_TRY_AGAIN = 75
_WAITING, _UNREADABLE = "waiting", "unreadable"
_UNDONE = (Disposition.QUARANTINED.value, _WAITING, _UNREADABLE)


@app.command()
def ingest(
    ctx: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(metavar="FILE|DIR|-", help='.eml, mbox, Maildir, or folders of them; "-": standard input.'),
    ],
    *,
    mailbox: Annotated[
        str | None,
        typer.Option("--mailbox", metavar="NAME", help="Where they arrived; needed where there are several mailboxes."),
    ] = None,
) -> None:
    """File mails as if they had arrived.

    Standard input is for an MTA that pipes a mail: it is safely ours when this leaves with 0; with 75 the MTA keeps it.
    """
    if _STANDARD_INPUT in paths:
        if len(paths) > 1:
            complain('"-" stands alone: standard input is read to its end')
            raise typer.Exit(2)
        _ingest_pipe(ctx, mailbox)
    else:
        _ingest_files(ctx, [Path(path) for path in paths], mailbox)


def _ingest_pipe(ctx: typer.Context, mailbox: str | None) -> None:
    with _kept_by_sender(), opened(ctx, makes=True) as gateway:
        chosen = _mailbox(gateway.settings, mailbox)
        found = mails_of(sys.stdin.buffer, "standard input", chosen.size_limit)
        for batch in _batches(found):
            spooled = _spool(gateway, chosen.name, batch)
            for spool_id, mail in zip(spooled, batch, strict=True):
                try:
                    outcome, ticket = _file(gateway, spool_id)
                except GatewayError as error:  # the mail is ours already: the sender must not send it again
                    complain(f"{mail.where}: waits in the spool: {error}")
                else:
                    say(f"{mail.where}: {outcome}{ticket}")


@contextmanager
def _kept_by_sender() -> Iterator[None]:
    """Let whoever pipes a mail keep it, whatever keeps us from taking it."""
    try:
        yield
    except GatewayError as error:
        complain(str(error))
        raise typer.Exit(_TRY_AGAIN) from None


def _ingest_files(ctx: typer.Context, paths: list[Path], mailbox: str | None) -> None:
    missing = [path for path in paths if not path.exists()]
    for path in missing:
        complain(f"{path}: there is no such file or folder")
    if missing:
        raise typer.Exit(2)
    files = [file for path in paths for file in files_below(path)]
    if not files:
        complain("there are no mails here: .eml and mbox files and Maildirs are looked for")
        raise typer.Exit(2)
    counted: Counter[str] = Counter()
    with opened(ctx, makes=True) as gateway:
        chosen = _mailbox(gateway.settings, mailbox)
        with progress(sum(file.stat().st_size for file in files)) as shown:
            for file in files:
                counted += _ingest_file(gateway, file, chosen, shown)
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counted.items()))
    say(f"{counted.total()} mail{'' if counted.total() == 1 else 's'}{': ' if outcomes else ''}{outcomes}")
    if any(counted[outcome] for outcome in _UNDONE):
        raise typer.Exit(1)


def _ingest_file(gateway: Gateway, file: Path, mailbox: Mailbox, shown: Shown) -> Counter[str]:
    counted: Counter[str] = Counter()
    read = 0
    try:
        for batch in _batches(mails_in(file, mailbox.size_limit)):
            spooled = _spool(gateway, mailbox.name, batch)
            for spool_id, mail in zip(spooled, batch, strict=True):
                outcome, ticket = _file(gateway, spool_id)
                counted[outcome] += 1
                shown.step(mail.read - read, f"{mail.where}: {outcome}{ticket}", is_odd=outcome in _UNDONE)
                read = mail.read
    except OSError as error:
        complain(f"{file}: cannot be read: {error.strerror}")
        counted[_UNREADABLE] += 1
    return counted


def _mailbox(settings: Settings, name: str | None) -> Mailbox:
    by_name = {mailbox.name: mailbox for mailbox in settings.mailboxes}
    if name is None and len(by_name) == 1:
        return settings.mailboxes[0]
    if name is None or name not in by_name:
        problem = "say where they arrived, with --mailbox" if name is None else f"no mailbox is called {name}"
        raise ConfigError((Finding(str(settings.path), 0, 0, f"{problem}; there are: {', '.join(by_name)}"),))
    return by_name[name]


def _batches(mails: Iterable[Found]) -> Iterator[list[Found]]:
    """Group mails as the mailbox workers do: one commit for many small ones, little memory for large ones."""
    batch: list[Found] = []
    size = 0
    for mail in mails:
        if batch and (len(batch) == BATCH_MAILS or size + len(mail.raw) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(mail)
        size += len(mail.raw)
    if batch:
        yield batch


def _spool(gateway: Gateway, mailbox: str, batch: list[Found]) -> tuple[int, ...]:
    now = clock.now()
    arrivals = [
        Arrival(
            mailbox=mailbox,
            folder=None,
            uidvalidity=None,
            uid=None,
            received_at=now,
            size=mail.size,
            raw=mail.raw,
            headers_only=mail.headers_only,
        )
        for mail in batch
    ]
    with gateway.store.writing() as tx:
        return spool.put(tx, arrivals, now)


def _file(gateway: Gateway, spool_id: int) -> tuple[str, str]:
    """Return how the mail ended, and in which ticket; or that it waits: for a quicker daemon, or for the database."""
    disposition = filed(gateway.desk, spool_id)
    with gateway.store.reading() as tx:
        ticket = spool.ticket_of(tx, spool_id)
    outcome = disposition.value.replace("_", " ") if disposition is not None else _WAITING
    return outcome, f" {ticket}" if ticket is not None else ""
