"""The connections to one server: opened when needed, resting between letters."""

import asyncio
from datetime import timedelta

from mailgateway.smtp.connection import Connection
from mailgateway.smtp.relay import Relay


class Connections:
    """Open connections to one server that nobody uses at the moment."""

    def __init__(self, relay: Relay, idle: timedelta) -> None:
        """Open nothing yet; a connection that rested longer than `idle` is not used again."""
        self.relay = relay
        self._idle = idle
        self._resting: list[Connection] = []

    async def take(self) -> Connection:
        """Return a connection that is ready, a resting one or a new one; raises what `Connection.open` raises."""
        while self._resting:
            connection = self._resting.pop()
            if connection.is_usable(self._idle):
                return connection
            connection.abandon()
        return await Connection.open(self.relay)

    def give_back(self, connection: Connection) -> None:
        """Let a connection rest until it is taken again."""
        self._resting.append(connection)

    async def close(self) -> None:
        """Say goodbye on every connection."""
        await asyncio.gather(*(connection.close() for connection in self._resting))
        self._resting.clear()
