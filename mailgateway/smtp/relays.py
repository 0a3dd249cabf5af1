"""The server that letters are given to, and the one that stands in for it while it is out."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from mailgateway.desk.letters.backoff import pause
from mailgateway.errors import GatewayError, LoginRefused, SmtpUnavailable
from mailgateway.smtp.connection import Connection
from mailgateway.smtp.connections import Connections
from mailgateway.smtp.relay import Relay

LOOK = timedelta(seconds=5)
"""How long a server that was out may take to connect: letters wait meanwhile, and another one takes them."""


class Relays:
    """Gives connections to the primary server or, while that is out, to the fall-back.

    `outage` says why the primary is not used, "" while it is. It is tried again after a pause that grows.
    """

    def __init__(self, primary: Relay, fallback: Relay | None, idle: timedelta, jitter: Callable[[], float]) -> None:
        """Open nothing yet; a connection that rested longer than `idle` is not used again."""
        self.outage = ""
        self._primary = Connections(primary, idle)
        self._fallback = Connections(fallback, idle) if fallback is not None else None
        self._jitter = jitter
        self._failures = 0
        self._try_at = 0.0

    @property
    def at_most(self) -> int:
        """How many connections may be open to the server that is in use."""
        used = self._fallback if self._fallback is not None and self.outage else self._primary
        return used.relay.connections

    async def take(self) -> Connection:
        """Return a connection that is ready, a resting one or a new one.

        Raises what `Connection.open` raises, once no server is left.
        """
        if self._fallback is None:
            return await self._primary.take()
        connection = await self._from_primary()
        return connection if connection is not None else await self._from(self._fallback)

    def give_back(self, connection: Connection) -> None:
        """Let a connection rest until it is taken again."""
        self._of(connection).give_back(connection)

    def leave(self, connection: Connection, error: GatewayError) -> bool:
        """Use the primary no more for a while if it failed on this connection; tell whether another server is left."""
        if self._fallback is None or self._of(connection) is self._fallback:
            return False
        self._fail(error)
        return True

    def worked(self, connection: Connection) -> None:
        """Hear that a letter was taken over this connection."""
        if self._of(connection) is self._primary:
            self._failures = 0

    async def probe(self) -> None:
        """Take a connection, and let it rest until a letter wants it. Raises as `take` does."""
        self.give_back(await self.take())

    async def look(self) -> None:
        """Try a primary that is out once more, if it is time; the connection rests until a letter wants it."""
        if self.outage and (connection := await self._from_primary()) is not None:
            self.give_back(connection)

    async def close(self) -> None:
        """Say goodbye on every connection."""
        await self._primary.close()
        if self._fallback is not None:
            await self._fallback.close()

    async def _from_primary(self) -> Connection | None:
        """Return a connection to the primary; None where it is out, or not to be tried at the moment."""
        try:
            if not self.outage:
                return await self._primary.take()
            if self._now() < self._try_at:
                return None
            connection = await self._back()
        except GatewayError as error:
            self._fail(error)
            return None
        self.outage = ""
        return connection

    async def _back(self) -> Connection:
        self._try_at = self._now() + LOOK.total_seconds()  # one letter at a time finds out
        try:
            async with asyncio.timeout(LOOK.total_seconds()):
                return await self._primary.take()
        except TimeoutError:
            raise SmtpUnavailable(f"{self._primary.relay}: no answer in time") from None
        finally:
            self._try_at = 0.0

    async def _from(self, fallback: Connections) -> Connection:
        try:
            return await fallback.take()
        except GatewayError as error:
            kind = LoginRefused if isinstance(error, LoginRefused) else SmtpUnavailable
            raise kind(f"{self.outage}; and the fall-back: {error}") from error

    def _fail(self, error: GatewayError) -> None:
        if self.outage and self._now() < self._try_at:
            return  # several letters found out the same
        self.outage = str(error)
        self._failures += 1
        wait = pause(self._failures, self._jitter(), refused=isinstance(error, LoginRefused))
        self._try_at = self._now() + wait.total_seconds()

    def _of(self, connection: Connection) -> Connections:
        if self._fallback is not None and connection.relay == self._fallback.relay:
            return self._fallback
        return self._primary

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
