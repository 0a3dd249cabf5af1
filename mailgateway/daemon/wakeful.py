"""A worker that sleeps until something is due in a queue, and is woken when that may be now."""

import threading
from collections.abc import Callable

from mailgateway.daemon.worker import Worker
from mailgateway.flows.desk import Desk


class Wakeful(Worker):
    """Looks at its queue whenever it is woken; `hears_news` tells whether it is, for what others queue."""

    def __init__(
        self, part: str, desk: Desk, jitter: Callable[[], float], hears_news: Callable[[], bool] = lambda: False
    ) -> None:
        """Name the part of the gateway that this is; nothing is connected to."""
        super().__init__(part, desk, jitter)
        self.hears_news = hears_news
        self.woken = threading.Event()

    def wake(self) -> None:
        """Look at the queue now."""
        self.woken.set()

    def hurry(self) -> None:
        """End the nap, and the pause after a failure."""
        super().hurry()
        self.wake()
