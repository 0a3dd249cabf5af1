"""From settings to what the running parts are made with. Imports wait until a part is wanted, as in app.py."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mailgateway import clock, log
from mailgateway.errors import ConfigError, Finding, PermanentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from mailgateway.accounts.server import Server
    from mailgateway.config.gateway.access import Imap, SmtpServer
    from mailgateway.config.reading.kinds import Settle
    from mailgateway.config.settings import Settings
    from mailgateway.daemon.api_worker import ApiPost
    from mailgateway.daemon.caller import Line
    from mailgateway.daemon.keeper import Keeper
    from mailgateway.daemon.mailbox_worker import Post
    from mailgateway.daemon.monitor import Monitor, Watched
    from mailgateway.daemon.monitor_worker import MonitorPost
    from mailgateway.daemon.sender import Outlet
    from mailgateway.desk.letters.route import Route
    from mailgateway.flows.desk import Desk
    from mailgateway.imap.settle import Settlement
    from mailgateway.mail.model import Letter
    from mailgateway.metrics.counters import Counters
    from mailgateway.scan.clamd import Clamd
    from mailgateway.smtp.relay import Relay
    from mailgateway.store.engine import Store

    ServerOf = Callable[[Imap | SmtpServer], Server]

# ruff: noqa: PLC0415 - see above


def posts(settings: Settings, server_of: ServerOf) -> tuple[Post, ...]:
    """Return where the mailbox workers stand; equal ones for mailboxes whose configuration did not change."""
    from mailgateway.daemon.mailbox_worker import Post
    from mailgateway.flows.receive import Source

    return tuple(
        Post(
            source=Source(
                mailbox=mailbox.name,
                size_limit=mailbox.size_limit,
                processed=_settlement(mailbox.settle.processed),
                quarantined=_settlement(mailbox.settle.quarantined),
                first_run=mailbox.first_run,
            ),
            server=server_of(mailbox.imap),
            folder=mailbox.imap.folder,
            poll=mailbox.imap.poll,
        )
        for mailbox in settings.mailboxes
    )


def outlets(settings: Settings, routes: Iterable[Route], server_of: ServerOf) -> tuple[Outlet, ...]:
    """Return where the senders stand; equal ones for routes whose configuration did not change."""
    from mailgateway.daemon.sender import Outlet
    from mailgateway.desk.letters.pacing import Pace
    from mailgateway.flows.sending.outcomes import Sending
    from mailgateway.flows.sending.owners import own_name

    found = []
    for route in routes:
        smtp = settings.smtp_of(route.mailbox)
        sending = Sending(own_name(), smtp.retry_for, clock.jitter, Pace(dict(smtp.rates)), route)
        fallback = relay(settings, smtp.fallback, server_of) if smtp.fallback is not None else None
        found.append(Outlet(relay(settings, smtp, server_of), fallback, sending))
    return tuple(found)


def lines(settings: Settings) -> tuple[Line, ...]:
    """Return where the callers of webhooks stand; equal ones for webhooks whose configuration did not change."""
    from mailgateway.config.servers import endpoint
    from mailgateway.daemon.caller import Line
    from mailgateway.flows.sending.call import Calling
    from mailgateway.flows.sending.owners import own_name

    return tuple(Line(endpoint(one), Calling(own_name(), clock.jitter)) for one in settings.webhooks)


def api(settings: Callable[[], Settings]) -> tuple[ApiPost, ...]:
    """Return where the API stands, if it is wanted; its tokens are those of the settings in force."""
    from mailgateway.config.gateway.api import split
    from mailgateway.config.servers import tokens
    from mailgateway.daemon.api_worker import ApiPost

    wanted = settings().api
    return () if wanted is None else (ApiPost(*split(wanted.listen), lambda: tokens(settings().api)),)


def metrics(settings: Settings, monitor: Callable[[], Monitor]) -> tuple[MonitorPost, ...]:
    """Return where figures are given out, if they are wanted."""
    from mailgateway.config.gateway.api import split
    from mailgateway.daemon.monitor_worker import MonitorPost

    return () if settings.metrics is None else (MonitorPost(*split(settings.metrics.listen), monitor()),)


def monitor(
    desk: Desk,
    watched: Callable[[], Watched],
    unwell: Callable[[], Mapping[str, str]],
    failing: Callable[[], Mapping[str, datetime]],
) -> tuple[Counters, Monitor]:
    """Return who counts what the flows and the log tell, and who knows how the daemon is."""
    from mailgateway.daemon.monitor import Monitor
    from mailgateway.metrics.counters import Counters

    counters = Counters()
    log.count(counters.logged)
    return counters, Monitor(desk, counters, watched, unwell, failing)


def watched(settings: Settings, mistakes: int) -> Watched:
    """Return what monitoring looks at; `mistakes` keep a changed configuration out of force."""
    from mailgateway.daemon.monitor import Watched
    from mailgateway.flows.health.condition import Patience

    folders = {mailbox.name: mailbox.imap.folder for mailbox in settings.mailboxes}
    patience = Patience(settings.alarms.fetch_after, settings.alarms.send_after)
    return Watched(folders, [webhook.name for webhook in settings.webhooks], patience, mistakes)


def host(store: Store) -> str:
    """Return what this host is called among several, "" where no other host can be."""
    from mailgateway.flows.sending.owners import host_name

    return host_name() if is_shared(store) else ""


def is_shared(store: Store) -> bool:
    """Tell whether several hosts can work on a store."""
    return store.engine.dialect.name == "postgresql"


def keeper(desk: Desk, letters: Callable[[], None], calls: Callable[[], None]) -> Keeper | None:
    """Return who holds mailboxes for this host, and hears of letters and calls that other processes queue.

    None where no other host can be. Of what this process queues its own workers are told in either case.
    """
    from mailgateway.store.hosts.news import News, heed

    hearers = {News.LETTERS: letters, News.CALLS: calls}
    if not is_shared(desk.store):
        desk.store.teller = partial(heed, hearers)
        return None
    from mailgateway.daemon.keeper import Keeper
    from mailgateway.flows.sending.owners import shown_name

    made = Keeper(desk, clock.jitter, shown_name(), hearers)
    desk.store.teller = made.spread
    return made


def relay(settings: Settings, smtp: SmtpServer, server_of: ServerOf) -> Relay:
    """Return an SMTP server that letters are given to."""
    from mailgateway.smtp.relay import Relay

    return Relay(server_of(smtp), smtp.connections, smtp.helo or settings.domain, smtp.size_limit)


def scanner(settings: Settings) -> Clamd | None:
    """Return what looks for viruses, if something does."""
    from mailgateway.scan.clamd import Clamd

    at = settings.attachments
    return None if at.clamd is None else Clamd(at.clamd, at.scan_timeout)


def signer(settings: Settings) -> Callable[[Letter], Letter]:
    """Return what signs finished letters; raises ConfigError where a key cannot be read."""
    if not settings.dkim:
        return _unsigned
    from mailgateway.config.servers import reading
    from mailgateway.smtp.signing import DkimKey, Signer

    try:
        return Signer([DkimKey(one.domain, one.selector, reading(one.key)) for one in settings.dkim])
    except PermanentError as error:
        raise ConfigError((Finding(str(settings.path), 0, 0, str(error)),)) from None


def _unsigned(letter: Letter) -> Letter:
    return letter


def _settlement(settle: Settle) -> Settlement:
    from mailgateway.imap.settle import Delete, Flag, Move

    match settle.action:
        case "move":
            return Move(settle.target)
        case "flag":
            return Flag(settle.target)
        case _:
            return Delete()
