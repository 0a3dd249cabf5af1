"""A few SMTP connections to one server or its fall-back, kept open, over which letters go out at the same time."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

from mailgateway.mail.model import Letter
from mailgateway.smtp.batch import Batch, Record
from mailgateway.smtp.relay import Relay
from mailgateway.smtp.relays import Relays

# shorter than the patience of servers, and of the firewalls on the way
_IDLE = timedelta(minutes=1)


class Pool:
    """Belongs to the thread that calls `send`. Between two calls nothing runs, and open connections rest."""

    def __init__(
        self,
        relay: Relay,
        fallback: Relay | None = None,
        *,
        jitter: Callable[[], float] = lambda: 0.0,
        idle: timedelta = _IDLE,
    ) -> None:
        """Name the server, and the one that stands in for it while it is out; nothing is opened yet.

        `jitter` is the chance in when the first is tried again, in [0, 1). A connection that rested longer than `idle`
        is not used again.
        """
        self._relays = Relays(relay, fallback, idle, jitter)
        self._runner = asyncio.Runner()

    @property
    def outage(self) -> str:
        """Why letters go by the fall-back; "" while they do not."""
        return self._relays.outage

    def send(
        self,
        letters: Iterable[tuple[int, Letter]],
        record: Record,
        stop: Callable[[], bool],
    ) -> None:
        """Send the letters, and call `record` with letters' numbers and outcomes as soon as they are known.

        Once `stop` says so no letter is begun; those in hand are finished. A letter that was not begun has no outcome.
        `record` runs in a thread beside, never twice at once, and gets together what ended within a moment or while it
        ran before; no letter is begun while too many wait for it. What it raises ends the sending in the same orderly
        way. Raises SmtpUnavailable or LoginRefused (or what the login's secret raises) where no connection can be had
        for the letters that are left.
        """
        self._runner.run(Batch(self._relays, letters, record, stop).send())

    def probe(self) -> None:
        """Connect as for a letter; raises what `send` raises where no connection can be had."""
        self._runner.run(self._relays.probe())

    def look(self) -> None:
        """Try the first server again where the fall-back is in use and it is time; takes a few seconds at most."""
        self._runner.run(self._relays.look())

    def close(self) -> None:
        """Say goodbye to the servers; the pool cannot be used again."""
        self._runner.run(self._relays.close())
        self._runner.close()
