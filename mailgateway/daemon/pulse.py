"""Whether a thread still gets on: it says so between any two messages, and before it waits, for how long."""

import time
from datetime import timedelta

PATIENCE = timedelta(minutes=10)
"""How long one message may take: a slow server has minutes for a large one, and none has so many."""

FOR_EVER = timedelta(days=36_500)


class Pulse:
    """The last sign of life of a thread, kept in memory: others read it at any time."""

    def __init__(self) -> None:
        """Begin alive."""
        self.beat()

    def beat(self, wait: timedelta = timedelta(0)) -> None:
        """Be alive now, and perhaps silent for as long as `wait` takes."""
        self._expected_by = time.monotonic() + (wait + PATIENCE).total_seconds()

    @property
    def overdue_seconds(self) -> float:
        """How much longer it has been silent than anything may take, 0 while it is well."""
        return max(0.0, time.monotonic() - self._expected_by)
