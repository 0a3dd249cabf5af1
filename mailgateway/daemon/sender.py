"""One thread for everything that goes out: it sends what is due, and sleeps until something is."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

from mailgateway.daemon.worker import Worker
from mailgateway.flows.beats import SEND
from mailgateway.flows.deliver import Sending, deliver_due
from mailgateway.flows.desk import Desk
from mailgateway.flows.in_hand import InHand
from mailgateway.smtp.pool import Pool

LONGEST_NAP = timedelta(seconds=5)
"""Letters queued by another process announce themselves to nobody: look that often."""


class Sender(Worker):
    """Owns the SMTP connections; `wake` lets it look at the outbox at once."""

    def __init__(self, desk: Desk, new_pool: Callable[[], Pool], sending: Sending) -> None:
        """Take what connections are made with; none is made yet."""
        super().__init__(SEND, desk, sending.jitter)
        self._new_pool = new_pool
        self._sending = sending
        self._in_hand = InHand()
        self._renewed = threading.Event()
        self._woken = threading.Event()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    def renew(self, sending: Sending) -> None:
        """Send over new connections from now on, and in this way: the configuration has changed."""
        self._sending = sending
        self._renewed.set()
        self.hurry()

    def hurry(self) -> None:
        """End the nap, and the pause after a failure."""
        super().hurry()
        self.wake()

    def rounds(self) -> Iterator[None]:
        """Send over one pool of connections until another one is wanted."""
        self._renewed.clear()
        pool = self._new_pool()
        try:
            while not self._is_over():
                self._woken.clear()
                deliver_due(self.desk, pool, self._sending, self._in_hand, self._is_over)
                yield
                self._woken.wait(LONGEST_NAP.total_seconds())
        finally:
            pool.close()

    def _is_over(self) -> bool:
        return self.stop_asked.is_set() or self._renewed.is_set()
