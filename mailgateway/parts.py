"""From settings to what the running parts are made with. Imports wait until a part is wanted, as in app.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailgateway import clock
from mailgateway.errors import ConfigError, Finding, PermanentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mailgateway.accounts.server import Server
    from mailgateway.config.gateway.access import Imap, SmtpServer
    from mailgateway.config.reading.kinds import Settle
    from mailgateway.config.settings import Settings
    from mailgateway.daemon.mailbox_worker import Post
    from mailgateway.daemon.sender import Outlet
    from mailgateway.desk.letters.route import Route
    from mailgateway.imap.settle import Settlement
    from mailgateway.mail.model import Letter
    from mailgateway.smtp.relay import Relay

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
    from mailgateway.flows.owners import own_name
    from mailgateway.flows.sending.deliver import Sending

    found = []
    for route in routes:
        smtp = settings.smtp_of(route.mailbox)
        sending = Sending(own_name(), smtp.retry_for, clock.jitter, Pace(dict(smtp.rates)), route)
        fallback = relay(settings, smtp.fallback, server_of) if smtp.fallback is not None else None
        found.append(Outlet(relay(settings, smtp, server_of), fallback, sending))
    return tuple(found)


def relay(settings: Settings, smtp: SmtpServer, server_of: ServerOf) -> Relay:
    """Return an SMTP server that letters are given to."""
    from mailgateway.smtp.relay import Relay

    return Relay(server_of(smtp), smtp.connections, smtp.helo or settings.domain, smtp.size_limit)


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
