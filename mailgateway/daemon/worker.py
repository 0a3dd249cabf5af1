"""A thread that works in rounds for as long as the daemon runs, and backs off when the world is not there."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from mailgateway import log
from mailgateway.daemon.pulse import Pulse
from mailgateway.desk.letters.backoff import pause
from mailgateway.errors import GatewayError, LoginRefused
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import beat

_log = log.logger("worker")


class Worker(threading.Thread):
    """Works until asked to stop; whatever goes wrong is written down and tried again, ever more slowly."""

    longest_pause = timedelta.max

    def __init__(self, part: str, desk: Desk, jitter: Callable[[], float]) -> None:
        """Name the part of the gateway that this is: thread, log lines and signs of life are called so."""
        super().__init__(name=part, daemon=True)
        self.desk = desk
        self.stop_asked = threading.Event()
        self._jitter = jitter
        self.hurried = threading.Event()
        self.pulse = Pulse()
        self.failing_since: datetime | None = None

    def ask_to_stop(self) -> None:
        """Let the worker finish the message in hand and leave."""
        self.stop_asked.set()
        self.hurry()

    def hurry(self) -> None:
        """End the pause after a failure: what has failed may be another server by now."""
        self.hurried.set()

    def is_stopping(self) -> bool:
        """Tell whether to leave off, asked between two messages: a sign that the thread gets on."""
        self.pulse.beat()
        return self.stop_asked.is_set()

    def rounds(self) -> Iterator[None]:
        """Do the work, and yield after each round that went well. Called anew after each failure, and when it ends."""
        raise NotImplementedError

    def beat(self, error: str | None) -> None:
        """Give a sign of life: a round went well, or why it did not."""
        beat(self.desk, self.name, error)

    def rest(self, wait: timedelta) -> None:
        """Pause after a failure, until the worker is hurried at the latest."""
        self.hurried.wait(wait.total_seconds())

    def run(self) -> None:
        """Work until asked to stop."""
        failures = 0
        while not self.stop_asked.is_set():
            self.hurried.clear()
            try:
                for _ in self.rounds():
                    failures, self.failing_since = 0, None
                    self.pulse.beat()
            except GatewayError as error:
                failures += 1
                self._pause(failures, str(error), refused=isinstance(error, LoginRefused))
            except BaseException as error:  # noqa: BLE001 - nobody else would hear of it, and the work would be left
                failures += 1
                _log.error("worker.broken", worker=self.name, error=type(error).__name__, exception=log.frames(error))
                self._pause(failures, f"a fault of our own: {type(error).__name__}", refused=False)

    def _pause(self, failures: int, why: str, *, refused: bool) -> None:
        wait = min(pause(failures, self._jitter(), refused=refused), self.longest_pause)
        _log.warning("worker.unavailable", worker=self.name, why=why, next_try_in=round(wait.total_seconds(), 1))
        self.failing_since = self.failing_since or self.desk.clock()
        self.beat(why)
        if refused:
            self.desk.observer().turned_away(self.name)
        self.pulse.beat(wait)
        if not self.stop_asked.is_set():
            self.rest(wait)
