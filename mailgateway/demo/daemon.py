"""The daemon of the demonstration: the real one, on a clock that lags behind and can make up for it in a hurry."""

import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from mailgateway import clock, log
from mailgateway.app import open_gateway

LAG = timedelta(minutes=2)
SPEED = 20
"""How many seconds go by in one, while the clock is in a hurry."""


class BelatedClock:
    """Tells the time of two minutes ago until it is hurried; then it runs fast until it has caught up.

    So nothing that it dates lies in the future of other clocks.
    """

    def __init__(self, now: Callable[[], datetime] = clock.now) -> None:
        """Take the clock that tells the true time."""
        self._now = now
        self._hurried_at: datetime | None = None

    def hurry(self) -> None:
        """Run fast from now on."""
        self._hurried_at = self._hurried_at or self._now()

    def __call__(self) -> datetime:
        """Return the present instant as this clock has it."""
        now = self._now()
        made_up = timedelta(0) if self._hurried_at is None else (now - self._hurried_at) * (SPEED - 1)
        return now - max(LAG - made_up, timedelta(0))


def main(configuration: Path) -> None:
    """Run until SIGTERM; SIGUSR1 hurries the clock."""
    log.configure(as_json=True, verbose=False)
    belated = BelatedClock()
    signal.signal(signal.SIGUSR1, lambda _number, _frame: belated.hurry())
    gateway = open_gateway(configuration)
    gateway.desk = replace(gateway.desk, clock=belated)
    try:
        gateway.supervisor().run()
    finally:
        gateway.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
