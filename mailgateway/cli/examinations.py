"""What `mailgateway doctor` looks at: each looks at one thing, and says how it is and what would mend it."""

import platform
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from mailgateway import __version__, clock
from mailgateway.accounts.endpoint import Endpoint
from mailgateway.accounts.server import Server
from mailgateway.config.exposed import exposed
from mailgateway.config.gateway.access import Smtp
from mailgateway.config.gateway.api import split
from mailgateway.config.servers import TokenMemory, endpoint, server
from mailgateway.config.settings import Settings
from mailgateway.errors import (
    BlobsAway,
    FolderMissing,
    GatewayError,
    LoginRefused,
    ScanFailed,
    ScannerUnavailable,
    StoreBusy,
    StoreUnusable,
)
from mailgateway.flows.kept_tokens import KeptTokens
from mailgateway.hooks.post import reachable
from mailgateway.imap.session import Session
from mailgateway.parts import scanner
from mailgateway.scan.clamd import Clamd
from mailgateway.smtp.probe import probe
from mailgateway.smtp.relay import Relay
from mailgateway.store import health, schema
from mailgateway.store.blobs import Blobs
from mailgateway.store.engine import NoDatabaseYet, Store, open_store
from mailgateway.store.hosts.time import clock_of_database
from mailgateway.store.places.folder import folder_of

_LEAP = timedelta(minutes=1)
_ROOM = 1_000_000_000
"""So many bytes should be free: a day of a busy desk, and what an upgrade writes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is: well, wrong with its mend, or (None) not to be told from here."""

    what: str
    is_well: bool | None
    detail: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that the gateway needs, one thing after the other."""
    yield Finding("version", is_well=True, detail=f"mailgateway {__version__}, Python {platform.python_version()}")
    yield from _secrets(settings)
    yield from (Finding("file modes", is_well=False, detail=str(found)) for found in exposed(settings))
    blobs = _guarded("blob store", partial(_blobs, settings))
    yield blobs
    yield from _disks(settings)
    store = None
    try:
        store = open_store(settings.database_url(), settings.blobs_at(), makes=False)
    except NoDatabaseYet as missing:
        yield Finding("database", is_well=True, detail=str(missing))
    except GatewayError as error:
        if str(error) == blobs.detail:
            yield Finding("database", is_well=None, detail="not looked at: there is no blob store to open it with")
        else:
            yield _wrong("database", error)
    try:
        if store is not None:
            yield _guarded("database", partial(_database, store))
        yield _clock(store)
        yield from _servers(settings, KeptTokens(store) if store is not None else _NoMemory())
    finally:
        if store is not None:
            store.close()
    yield _dns(settings.domain)


class _NoMemory:
    """Takes the place of the store where that cannot be opened."""

    def recall(self, _name: str) -> str | None:
        """Refuse: a refresh token that is used may be the last time it is good, and the new one would be lost."""
        problem = "a new refresh token could not be kept without the database, so none is asked for"
        raise StoreUnusable(f"{problem}: run `mailgateway db upgrade`")

    def keep(self, _name: str, _token: str) -> None:
        """Keep nothing, as nothing was asked for."""


def _servers(settings: Settings, memory: TokenMemory) -> Iterator[Finding]:
    for mailbox in settings.mailboxes:
        what = f"mailbox {mailbox.name}"
        yield _guarded(what, partial(_imap, what, server(mailbox.imap, memory), mailbox.imap.folder))
    for webhook in settings.webhooks:
        what = f"webhook {webhook.name}"
        yield _guarded(what, partial(_webhook, what, endpoint(webhook)))
    clamd = scanner(settings)
    if clamd is not None:
        yield _guarded("virus scanner", partial(_scanner, clamd))
    if settings.api is not None:
        yield _listener("API", *split(settings.api.listen))
    if settings.metrics is not None:
        yield _listener("metrics", *split(settings.metrics.listen))
    yield from _sending("", settings.smtp, settings.domain, memory)
    for mailbox in settings.mailboxes:
        if mailbox.smtp is not None:
            yield from _sending(f" {mailbox.name}", mailbox.smtp, settings.domain, memory)


def _sending(of: str, smtp: Smtp, domain: str, memory: TokenMemory) -> Iterator[Finding]:
    """Look at the server of all mailboxes or of one, and at its fall-back."""
    for what, one in ((f"sending{of}", smtp), (f"fall-back{of}", smtp.fallback)):
        if one is not None:
            relay = Relay(server(one, memory), one.connections, one.helo or domain)
            yield _guarded(what, partial(_smtp, what, relay))


def _secrets(settings: Settings) -> Iterator[Finding]:
    wrong = (*settings.missing_secrets(), *settings.exposed_secrets())
    for finding in wrong:
        yield Finding("secrets", is_well=False, detail=str(finding))
    if not wrong:
        yield Finding("secrets", is_well=True, detail="every one can be read")


def _guarded(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except GatewayError as error:
        return _wrong(what, error)


def _wrong(what: str, error: GatewayError) -> Finding:
    return Finding(what, is_well=False, detail=str(error), mend=_mend(what, error))


def _mend(what: str, error: GatewayError) -> str:
    match error:
        case StoreUnusable() | StoreBusy():
            return _mend_of_store(what, error)
        case LoginRefused():
            return "check username and password (or token), and that the account allows this way to log in"
        case FolderMissing():
            return "write one of these folders, or make it on the server"
        case ScannerUnavailable() | ScanFailed():
            return "check that clamd runs, and its address (clamd.conf: LocalSocket, or TCPSocket and TCPAddr)"
        case _ if "`tls:`" in str(error):
            return ""
        case _:
            return "check host, port and tls, and that a firewall lets this host through"


def _mend_of_store(what: str, error: StoreUnusable | StoreBusy) -> str:
    match error:
        case BlobsAway() if "blobs: /" in str(error):
            return "make room on that disk, or mount it anew"
        case StoreBusy():
            return "check that it runs, its address, and that a firewall lets this host through"
        case _ if what == "blob store" or "`mailgateway db upgrade`" in str(error):
            return ""
        case _:
            return "check its address and who may use it"


def _disks(settings: Settings) -> Iterator[Finding]:
    """Look at the room that is left where this host itself writes, once for each disk."""
    with suppress(GatewayError, OSError):  # other lines tell of a secret or a folder that cannot be read
        file = settings.database_url().removeprefix("sqlite:///")
        places = [Path(file)] if file.startswith("/") else []
        folder = folder_of(settings.blobs)
        disks: dict[int, Path] = {}
        for place in (*places, *([folder] if folder is not None else [])):
            there = next(one for one in (place, *place.parents) if one.exists())
            disks.setdefault(there.stat().st_dev, there if there.is_dir() else there.parent)
        for there in disks.values():
            yield _room(there)


def _room(there: Path) -> Finding:
    free = shutil.disk_usage(there).free
    mend = "" if free >= _ROOM else "make room: mail waits on its server while the disk is full"
    return Finding("disk", is_well=free >= _ROOM, detail=f"{free / 1e9:.1f} GB free at {there}", mend=mend)


def _database(store: Store) -> Finding:
    has, wants = schema.current(store), schema.head()
    with store.reading() as tx:
        kind = health.version_of_database(tx)
    if has == wants:
        return Finding("database", is_well=True, detail=f"{kind}, revision {has}")
    if not has and store.engine.dialect.name == "sqlite":
        return Finding("database", is_well=True, detail=f"{kind}, empty: its tables are made at the first start")
    detail = f"{kind}, {f'revision {has}' if has else 'empty'}; this version works with revision {wants}"
    return Finding("database", is_well=False, detail=detail, mend="run `mailgateway db upgrade`")


def _blobs(settings: Settings) -> Finding:
    blobs = Blobs(settings.blobs_at())
    digest = blobs.put(f"written by mailgateway doctor, {clock.fresh_id()}\n".encode())
    blobs.get(digest)
    blobs.remove(digest)
    return Finding("blob store", is_well=True, detail="written to and read from")


def _clock(store: Store | None) -> Finding:
    now = clock.own()
    remembered, told = [], None
    if store is not None:
        with suppress(GatewayError), store.reading() as tx:  # what is wrong with the database is another line's matter
            remembered = [beat.attempt_at for beat in health.beats(tx).values()]
            told = clock_of_database(tx)
    if told is not None and abs(told - now) > _LEAP:
        theirs = f"the database's host, which all hosts go by, says {told:%Y-%m-%d %H:%M} UTC"
        detail = f"{now:%Y-%m-%d %H:%M} UTC, and {theirs}"
        return Finding("clock", is_well=False, detail=detail, mend="set both clocks right, and keep them so with NTP")
    latest = max(remembered, default=now)
    if latest > (told or now) + _LEAP:
        detail = f"{told or now:%Y-%m-%d %H:%M} UTC, and the database remembers {latest:%Y-%m-%d %H:%M} UTC"
        return Finding("clock", is_well=False, detail=detail, mend="set the clock right, and keep it so with NTP")
    return Finding("clock", is_well=True, detail=f"{now:%Y-%m-%d %H:%M} UTC")


def _imap(what: str, at: Server, folder: str) -> Finding:
    with Session.open(at, folder) as session, session.asking("CAPABILITY") as connection:
        news = "tells of new mail by itself (IDLE)" if session.has_idle else "has no IDLE and is polled"
        move = "MOVE" if connection.has_capability("MOVE") else "COPY and EXPUNGE, as it has no MOVE"
    return Finding(what, is_well=True, detail=f"logged in at {at}, folder {folder}; it {news}; moves by {move}")


def _webhook(what: str, at: Endpoint) -> Finding:
    problem = reachable(at, at.tls())
    if problem:
        mend = "check its address, and that a firewall lets this host through"
        return Finding(what, is_well=False, detail=f"{at.host}: {problem}", mend=mend)
    return Finding(what, is_well=True, detail=f"connected to {at.host}; `mailgateway webhooks test` calls it")


def _scanner(at: Clamd) -> Finding:
    return Finding("virus scanner", is_well=True, detail=f"clamd answers at {at.address}: {at.version()}")


def _listener(what: str, host: str, port: int) -> Finding:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionRefusedError:
        detail = f"nobody listens at {host}:{port}: the daemon does, once it runs"
        return Finding(what, is_well=None, detail=detail)
    except OSError as error:
        mend = "listen at an address of this host, such as 127.0.0.1"
        return Finding(what, is_well=False, detail=f"{host}:{port}: {error.strerror or 'no answer'}", mend=mend)
    return Finding(what, is_well=True, detail=f"somebody listens at {host}:{port}")


def _smtp(what: str, at: Relay) -> Finding:
    return Finding(what, is_well=True, detail=f"connected to {at}: {probe(at)}")


def _dns(domain: str) -> Finding:
    try:
        found = socket.getaddrinfo(domain, None, proto=socket.IPPROTO_TCP)
    except OSError:
        detail = f"{domain} has no address record that can be looked up from here (its MX record is what mail needs)"
        return Finding("DNS", is_well=None, detail=detail)
    addresses = ", ".join(sorted({str(one[4][0]) for one in found})[:3])
    return Finding("DNS", is_well=True, detail=f"{domain} is {addresses}")
