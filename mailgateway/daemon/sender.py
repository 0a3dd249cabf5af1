"""One thread for everything that goes out: it sends what is due, and sleeps until something is."""

import threading
from collections.abc import Callable
from datetime import timedelta

from mailgateway import log
from mailgateway.desk.backoff import pause
from mailgateway.errors import GatewayError, PermanentError
from mailgateway.flows.deliver import Sending, deliver_due, release_abandoned
from mailgateway.flows.desk import Desk
from mailgateway.smtp.pool import Pool
from mailgateway.store import health

LONGEST_NAP = timedelta(seconds=5)
"""Letters queued by another process announce themselves to nobody: look that often."""

_log = log.logger("sender")


class Sender(threading.Thread):
    """Owns the SMTP connections; `wake` lets it look at the outbox at once."""

    def __init__(self, desk: Desk, new_pool: Callable[[], Pool], sending: Sending) -> None:
        super().__init__(name="sender", daemon=True)
        self._desk = desk
        self._new_pool = new_pool
        self._sending = sending
        self._stop_asked = threading.Event()
        self._renewed = threading.Event()
        self._woken = threading.Event()

    def renew(self, sending: Sending) -> None:
        """Send over new connections from now on, and in this way: the configuration has changed."""
        self._sending = sending
        self._renewed.set()
        self._woken.set()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    def ask_to_stop(self) -> None:
        """Let the sender finish the letters in hand and leave."""
        self._stop_asked.set()
        self._renewed.set()
        self._woken.set()

    def run(self) -> None:
        """Send until asked to stop."""
        failures = 0
        pool = self._new_pool()
        try:
            while not self._stop_asked.is_set():
                if self._renewed.is_set():
                    self._renewed.clear()
                    pool.close()
                    pool = self._new_pool()
                try:
                    self._round(pool)
                    failures = 0
                    self._nap(LONGEST_NAP)
                except GatewayError as error:
                    failures += 1
                    self._back_off(failures, error)
                except Exception as error:  # noqa: BLE001 - a bug on one letter must not end all sending
                    failures += 1
                    _log.exception("sender.broken")
                    self._back_off(failures, error)
        finally:
            pool.close()

    def _round(self, pool: Pool) -> None:
        self._woken.clear()
        release_abandoned(self._desk)
        if deliver_due(self._desk, pool, self._sending, self._stop_asked.is_set):
            self._beat(None)

    def _nap(self, longest: timedelta) -> None:
        self._woken.wait(longest.total_seconds())

    def _back_off(self, failures: int, error: Exception) -> None:
        wait = pause(failures, self._sending.jitter(), refused=isinstance(error, PermanentError))
        seconds = round(wait.total_seconds(), 1)
        _log.warning("sender.unavailable", why=str(error), next_try_in=seconds)
        self._beat(str(error))
        self._renewed.wait(wait.total_seconds())

    def _beat(self, error: str | None) -> None:
        try:
            with self._desk.store.writing() as tx:
                health.beat(tx, "send", self._desk.clock(), error)
        except GatewayError as store_error:
            _log.warning("sender.beat_lost", why=str(store_error))
