"""The letters of one call of `Pool.send`: workers take them from one queue, each over a connection of its own."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from mailgateway.errors import GatewayError, LoginRefused
from mailgateway.mail.model import Letter
from mailgateway.smtp.connection import Connection, ConnectionEnded
from mailgateway.smtp.connections import Connections
from mailgateway.smtp.outcome import Outcome


class Batch:
    """Letters are begun in their order, and none after `stop` said so or something broke."""

    def __init__(
        self,
        connections: Connections,
        letters: Iterable[tuple[int, Letter]],
        record: Callable[[int, Outcome], None],
        stop: Callable[[], bool],
    ) -> None:
        """Take the letters, and whom to tell of their outcomes."""
        self._connections = connections
        self._letters = iter(letters)
        self._record = record
        self._stop = stop
        self._waiting: deque[tuple[int, Letter]] = deque()
        self._workers: list[asyncio.Task[None]] = []
        self._refusals: list[GatewayError] = []
        self._is_broken = False

    async def send(self) -> None:
        """Send until nothing is left, or nothing can be sent.

        Raises what `record` or the letters' iterator raised, or why no connection can be had for the letters left.
        """
        self._add_worker()
        try:
            await self._finish()
        except asyncio.CancelledError:
            # Ctrl-C: begin nothing more, and leave no letter half handed over
            self._is_broken = True
            await self._finish()
            raise
        broken = [error for worker in self._workers if (error := worker.exception())]
        if broken:
            raise broken[0]
        if self._refusals and self._waiting:
            raise self._refusals[0]

    def _add_worker(self) -> None:
        """Start a worker when there is a letter for it, so that few letters open few connections."""
        if len(self._workers) < self._connections.at_most and self._has_letter():
            self._workers.append(asyncio.create_task(self._work()))

    async def _finish(self) -> None:
        while running := [worker for worker in self._workers if not worker.done()]:
            await asyncio.wait(running)

    def _has_letter(self) -> bool:
        if self._is_broken or self._stop():
            return False
        if not self._waiting:
            self._waiting.extend(letter for letter in (next(self._letters, None),) if letter)
        return bool(self._waiting)

    async def _work(self) -> None:
        try:
            # a letter is taken once there is a connection for it; without one it stays in the queue
            while self._has_letter() and (connection := await self._connection()):
                try:
                    is_welcome = await self._use(connection)
                finally:
                    self._connections.give_back(connection)
                if not is_welcome:
                    return
        except BaseException:
            self._is_broken = True
            raise

    async def _connection(self) -> Connection | None:
        try:
            return await self._connections.take()
        except GatewayError as refusal:
            self._refusals.append(refusal)
            return None

    async def _use(self, connection: Connection) -> bool:
        """Send the next letter, if there still is one; False where the server wants another login."""
        if not self._has_letter():
            return True
        number, letter = self._waiting.popleft()
        self._add_worker()
        try:
            outcome = await connection.send(letter)
        except ConnectionEnded:
            self._waiting.appendleft((number, letter))
            return True
        except LoginRefused as refusal:
            self._waiting.appendleft((number, letter))
            self._refusals.append(refusal)
            return False
        self._record(number, outcome)
        return True
