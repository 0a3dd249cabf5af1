"""Waiting under IDLE (RFC 2177) until the server announces a mail."""

import selectors
from collections.abc import Iterable
from datetime import timedelta
from threading import Event

from mailgateway.clock import monotonic
from mailgateway.errors import MailboxUnavailable
from mailgateway.imap.connection import Connection
from mailgateway.imap.errors import printable

# Servers may hang up after 30 minutes; routers forget silent connections long before that
RENEWAL = timedelta(minutes=9)
_SLICE = timedelta(milliseconds=500)


def idle(connection: Connection, longest: timedelta, stop: Event, renewal: timedelta = RENEWAL) -> bool:
    """Wait at most `longest` for a mail to be announced, and tell whether one was; `stop` is seen within a second.

    Raises MailboxUnavailable where the server says BYE, and the libraries' exceptions.
    """
    end = monotonic() + longest.total_seconds()
    while not stop.is_set() and (now := monotonic()) < end:
        heard = connection.idle() or _listen(connection, min(end, now + renewal.total_seconds()), stop)
        _, rest = connection.idle_done()
        if heard or _announce(rest):
            return True
    return False


def _listen(connection: Connection, until: float, stop: Event) -> bool:
    while not stop.is_set() and (left := until - monotonic()) > 0:
        reports = connection.idle_check(timeout=min(_SLICE.total_seconds(), left))
        if _announce(reports):
            return True
        if not reports and _is_readable(connection):
            return False  # idle_check takes the end of a connection for silence; ending IDLE brings it to light
    return False


def _announce(reports: Iterable[tuple[object, ...]]) -> bool:
    """Tell whether EXISTS is among the reports, which are `(number, name)` or `(name, words…)`."""
    for report in reports:
        if report[:1] == (b"BYE",):
            words = " ".join(word.decode("ascii", "replace") for word in report[1:] if isinstance(word, bytes))
            raise MailboxUnavailable(f"IDLE: the server said BYE {printable(words)}")
        if report[1:2] == (b"EXISTS",):
            return True
    return False


def _is_readable(connection: Connection) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(connection.socket(), selectors.EVENT_READ)
        return bool(selector.select(timeout=0))
