"""The letters of one call of `Pool.send`: workers take them from one queue, each over a connection of its own."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from mailgateway.errors import GatewayError, LoginRefused, SmtpUnavailable
from mailgateway.mail.model import Letter
from mailgateway.smtp.connection import Connection, ConnectionEnded
from mailgateway.smtp.outcome import Deferred, Outcome, Sent
from mailgateway.smtp.relays import Relays

# a commit costs more than all else about a letter; four connections still give a thousand a second
MOMENT = 0.01

MOST_UNWRITTEN = 4
"""Outcomes a connection that may wait to be recorded; no letter is begun meanwhile."""

Record = Callable[[Sequence[tuple[int, Outcome]]], None]
"""Takes the outcomes of some letters, each with its letter's number."""

# the server drops out: the connection is lost or hangs (no code), or it closes down
_OUT = (None, 421)


class Batch:
    """Letters are begun in their order, and none after `stop` said so or something broke."""

    def __init__(
        self,
        relays: Relays,
        letters: Iterable[tuple[int, Letter]],
        record: Record,
        stop: Callable[[], bool],
    ) -> None:
        """Take the letters, and whom to tell of their outcomes."""
        self._relays = relays
        self._letters = iter(letters)
        self._record = record
        self._stop = stop
        self._waiting: deque[tuple[int, Letter]] = deque()
        self._workers: list[asyncio.Task[None]] = []
        self._refusals: list[GatewayError] = []
        self._ended: list[tuple[int, Outcome]] = []
        self._unwritten = 0
        self._was_written = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._not_written: list[Exception] = []
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
        broken = [*self._not_written, *(error for worker in self._workers if (error := worker.exception()))]
        if broken:
            raise broken[0]
        if self._refusals and self._waiting:
            raise self._refusals[0]

    def _add_worker(self) -> None:
        """Start a worker when there is a letter for it, so that few letters open few connections."""
        if len(self._workers) < self._relays.at_most and self._has_letter():
            self._workers.append(asyncio.create_task(self._work()))

    async def _finish(self) -> None:
        while running := [task for task in (*self._workers, self._writer) if task and not task.done()]:
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
            while self._is_wanted() and (connection := await self._connection()):
                try:
                    is_welcome = await self._use(connection)
                finally:
                    self._relays.give_back(connection)
                if not is_welcome:
                    return
        except BaseException:
            self._is_broken = True
            raise

    def _is_wanted(self) -> bool:
        """Tell whether there is work for a worker; a fall-back may get fewer connections than there are workers."""
        running = sum(not worker.done() for worker in self._workers)
        return running <= self._relays.at_most and self._has_letter()

    async def _connection(self) -> Connection | None:
        try:
            return await self._relays.take()
        except GatewayError as refusal:
            self._refusals.append(refusal)
            return None

    async def _use(self, connection: Connection) -> bool:
        """Send the next letter, if there still is one; False where the server wants another login."""
        await self._keep_up()
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
            if self._relays.leave(connection, refusal):
                return True
            self._refusals.append(refusal)
            return False
        if self._leaves_for_fallback(connection, outcome):
            self._waiting.appendleft((number, letter))
            return True
        if isinstance(outcome, Sent):
            self._relays.worked(connection)
        self._end(number, outcome)
        return True

    def _end(self, number: int, outcome: Outcome) -> None:
        self._ended.append((number, outcome))
        self._unwritten += 1
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_down())

    async def _write_down(self) -> None:
        """Record what has ended, and with it what ended within a moment or while the group before was recorded."""
        while self._ended:
            await asyncio.sleep(MOMENT)
            group, self._ended = self._ended, []
            try:
                await asyncio.to_thread(self._record, group)
            except Exception as error:  # noqa: BLE001 - whatever it is, `send` raises it
                self._is_broken = True
                self._not_written.append(error)
            self._unwritten -= len(group)
            self._was_written.set()

    async def _keep_up(self) -> None:
        """Wait while many outcomes are unwritten: after a crash each of them is a letter that goes out again."""
        while self._unwritten >= MOST_UNWRITTEN * self._relays.at_most:
            self._was_written.clear()
            await self._was_written.wait()

    def _leaves_for_fallback(self, connection: Connection, outcome: Outcome) -> bool:
        """Tell whether another server gets the letter at once; not one that may have arrived."""
        if not isinstance(outcome, Deferred) or outcome.code not in _OUT:
            return False
        is_left = self._relays.leave(connection, SmtpUnavailable(f"{connection.relay}: {outcome.reason}"))
        return is_left and not outcome.uncertain
