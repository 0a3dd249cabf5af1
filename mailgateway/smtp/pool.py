"""A few SMTP connections to one server, kept open, over which letters go out at the same time."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

from mailgateway.accounts.server import Server
from mailgateway.mail.model import Letter
from mailgateway.smtp.batch import Batch
from mailgateway.smtp.connections import Connections
from mailgateway.smtp.outcome import Outcome

# shorter than the patience of servers, and of the firewalls on the way
_IDLE = timedelta(minutes=1)


class Pool:
    """Belongs to the thread that calls `send`. Between two calls nothing runs, and open connections rest."""

    def __init__(self, server: Server, connections: int, helo: str, *, idle: timedelta = _IDLE) -> None:
        """Name the server, how many connections it may get, and our own name for EHLO; nothing is opened yet.

        A connection that rested longer than `idle` is not used again.
        """
        self._connections = Connections(server, connections, helo, idle)
        self._runner = asyncio.Runner()

    def send(
        self,
        letters: Iterable[tuple[int, Letter]],
        record: Callable[[int, Outcome], None],
        stop: Callable[[], bool],
    ) -> None:
        """Send the letters, and call `record` with each letter's number and outcome as soon as it is known.

        Once `stop` says so no letter is begun; those in hand are finished. A letter that was not begun has no outcome.
        `record` is called in this thread; what it raises ends the sending in the same orderly way. Raises
        SmtpUnavailable or LoginRefused (or what the login's secret raises) where no connection can be had for the
        letters that are left.
        """
        self._runner.run(Batch(self._connections, letters, record, stop).send())

    def close(self) -> None:
        """Say goodbye to the server; the pool cannot be used again."""
        self._runner.run(self._connections.close())
        self._runner.close()
