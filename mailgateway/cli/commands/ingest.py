"""`mailgateway ingest`: mails from files or a pipe, filed as if they had arrived in a mailbox."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.app import Gateway
from mailgateway.cli.apps import single
from mailgateway.cli.lines import complain, say, say_json, wrong_usage
from mailgateway.cli.opened import opened
from mailgateway.cli.resuming import Import
from mailgateway.cli.sources import Found, NoMbox, files_below, is_mbox, mails_in, mails_of
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.progress import Shown, progress
from mailgateway.config.gateway.file import Mailbox
from mailgateway.config.settings import Settings
from mailgateway.desk.plan import Disposition
from mailgateway.errors import ConfigError, Finding, GatewayError
from mailgateway.flows.imports import take
from mailgateway.flows.ingest import ingest as filed
from mailgateway.flows.ingest import ingest_waiting
from mailgateway.mail.arrived import arrived_at
from mailgateway.store.incoming import spool
from mailgateway.store.incoming.imports import Progress
from mailgateway.store.incoming.spool import BATCH_BYTES, BATCH_MAILS, Arrival

app = single()

_STANDARD_INPUT = "-"
# sysexits.h EX_TEMPFAIL: the MTA that pipes a mail to us keeps it and tries again
_TRY_AGAIN = 75
_INTERRUPTED = 130
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
    silent: Annotated[
        bool, typer.Option("--silent", help="Old mail: file it with the time that it arrived, and write to nobody.")
    ] = False,
    as_objects: AsJson = False,
) -> None:
    """File mails as if they had arrived. With --silent old mail is filed, and nobody hears of it.

    An mbox that was broken off goes on where it stopped when it is given again. Standard input is for an MTA that pipes
    a mail: it is safely ours when this leaves with 0; with 75 the MTA keeps it.
    """
    if _STANDARD_INPUT in paths:
        if len(paths) > 1:
            raise wrong_usage('"-" stands alone: standard input is read to its end')
        _ingest_pipe(ctx, mailbox, silent=silent, as_objects=as_objects)
    else:
        _ingest_files(ctx, [Path(path) for path in paths], mailbox, silent=silent, as_objects=as_objects)


def _ingest_pipe(ctx: typer.Context, mailbox: str | None, *, silent: bool, as_objects: bool) -> None:
    with _kept_by_sender(), opened(ctx, makes=True) as gateway:
        chosen = _mailbox(gateway.settings, mailbox)
        found = mails_of(sys.stdin.buffer, "standard input", chosen.size_limit)
        for batch in _batches(found):
            for spool_id, mail in zip(_spool(gateway, chosen.name, batch, silent=silent), batch, strict=True):
                try:
                    outcome, ticket = _file(gateway, spool_id)
                except GatewayError as error:  # the mail is ours already: the sender must not send it again
                    complain(f"{mail.where}: waits in the spool: {error}")
                else:
                    _tell(mail.where, outcome, ticket, as_object=as_objects)


@contextmanager
def _kept_by_sender() -> Iterator[None]:
    """Let whoever pipes a mail keep it, whatever keeps us from taking it."""
    try:
        yield
    except GatewayError as error:
        complain(str(error))
        raise typer.Exit(_TRY_AGAIN) from None


def _ingest_files(
    ctx: typer.Context, paths: list[Path], mailbox: str | None, *, silent: bool, as_objects: bool
) -> None:
    missing = [path for path in paths if not path.exists()]
    for path in missing:
        complain(f"{path}: there is no such file or folder")
    if missing:
        raise typer.Exit(2)
    count, size = _measured(paths)
    if not count:
        raise wrong_usage("there are no mails here: .eml and mbox files and Maildirs are looked for")
    counted: Counter[str] = Counter()
    with opened(ctx, makes=True) as gateway:
        importing = _Importing(gateway, _mailbox(gateway.settings, mailbox), silent, as_objects, counted)
        with _broken_off(counted), progress(size) as shown:
            for path in paths:
                for file in files_below(path):
                    importing.take(file, shown)
    if not as_objects:
        _say_counts(counted)
    if any(counted[outcome] for outcome in _UNDONE):
        raise typer.Exit(1)


def _say_counts(counted: Counter[str]) -> None:
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counted.items()))
    say(f"{counted.total()} mail{'' if counted.total() == 1 else 's'}{': ' if outcomes else ''}{outcomes}")


def _tell(where: str, outcome: str, ticket: int | None, *, as_object: bool) -> None:
    if as_object:
        say_json({"mail": where, "outcome": outcome.replace(" ", "_"), "ticket": ticket})
    else:
        say(_line(where, outcome, ticket))


def _line(where: str, outcome: str, ticket: int | None) -> str:
    return f"{where}: {outcome}" + (f" {ticket}" if ticket is not None else "")


def _measured(paths: list[Path]) -> tuple[int, int]:
    """Return how many files there are, and their bytes: each is looked at, and none kept in mind."""
    count = size = 0
    for path in paths:
        for file in files_below(path):
            with suppress(OSError):  # whether it can be read is told when its turn has come
                size += file.stat().st_size
            count += 1
    return count, size


@contextmanager
def _broken_off(counted: Counter[str]) -> Iterator[None]:
    """Say that what was broken off can go on."""
    try:
        yield
    except KeyboardInterrupt:
        complain(f"stopped after {counted.total()} mails; the same command goes on from there")
        raise typer.Exit(_INTERRUPTED) from None


@dataclass(frozen=True, slots=True)
class _Importing:
    """The files of one call, on their way into a mailbox."""

    gateway: Gateway
    mailbox: Mailbox
    silent: bool
    as_objects: bool
    counted: Counter[str]

    def take(self, file: Path, shown: Shown) -> None:
        """File the mails of a file; what keeps it from being read is told, and the other files go on."""
        try:
            if is_mbox(file):
                self._take_mbox(Import.of(file, self.mailbox.name), shown)
            else:
                self._take(mails_in(file, self.mailbox.size_limit), shown)
        except BrokenPipeError:  # whoever reads our lines has left
            raise
        except OSError as error:
            self._unreadable(f"{file}: cannot be read: {error.strerror}")
        except NoMbox as error:
            self._unreadable(f"{file}: {error}")

    def _take_mbox(self, one: Import, shown: Shown) -> None:
        begun = one.begun(self.gateway.store)
        start, before = (begun.offset, begun.mails) if begun is not None else (0, 0)
        if begun is not None:
            line = "" if self.as_objects else f"{one.path}: goes on after mail {before}"
            shown.step(start, line, is_odd=bool(line))
            self._file_left_over()
        self._take(mails_in(one.path, self.mailbox.size_limit, start, before), shown, one, start)
        one.done(self.gateway.store)

    def _take(self, mails: Iterable[Found], shown: Shown, one: Import | None = None, read: int = 0) -> None:
        """File mails; with `one`, how far it has come is written down with them. `read` are its bytes before."""
        for batch in _batches(mails):
            reached = one.up_to(batch[-1].end, batch[-1].number) if one is not None else None
            spooled = _spool(self.gateway, self.mailbox.name, batch, reached, silent=self.silent)
            for spool_id, mail in zip(spooled, batch, strict=True):
                outcome, ticket = _file(self.gateway, spool_id)
                self.counted[outcome] += 1
                line = "" if self.as_objects else _line(mail.where, outcome, ticket)
                if self.as_objects:
                    _tell(mail.where, outcome, ticket, as_object=True)
                shown.step(mail.read - read, line, is_odd=bool(line) and outcome in _UNDONE)
                read = mail.read

    def _file_left_over(self) -> None:
        """File what was spooled when the import broke off."""
        while ingest_waiting(self.gateway.desk, self.mailbox.name, lambda: False):
            pass

    def _unreadable(self, why: str) -> None:
        complain(why)
        self.counted[_UNREADABLE] += 1


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


def _spool(
    gateway: Gateway, mailbox: str, batch: list[Found], reached: Progress | None = None, *, silent: bool
) -> tuple[int | None, ...]:
    now = clock.now()
    arrivals = [
        Arrival(
            mailbox=mailbox,
            folder=None,
            uidvalidity=None,
            uid=None,
            received_at=min(arrived_at(mail.raw) or now, now) if silent else now,
            size=mail.size,
            raw=mail.raw,
            headers_only=mail.headers_only,
            backfill=silent,
        )
        for mail in batch
    ]
    return take(gateway.desk, arrivals, reached)


def _file(gateway: Gateway, spool_id: int | None) -> tuple[str, int | None]:
    """Return how the mail ended, and in which ticket; or that it waits: for a quicker daemon, or for the database."""
    if spool_id is None:
        return Disposition.DUPLICATE.value, None
    disposition = filed(gateway.desk, spool_id)
    with gateway.store.reading() as tx:
        ticket = spool.ticket_of(tx, spool_id)
    outcome = disposition.value.replace("_", " ") if disposition is not None else _WAITING
    return outcome, ticket
