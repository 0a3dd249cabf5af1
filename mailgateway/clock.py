"""Time and chance: the one place where they enter the program. Everything else is given them as values."""

import random  # noqa: TID251 - this module is the one home of chance
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def own() -> datetime:
    """Return what this host's clock says, aware, in UTC, whether or not it is right."""
    return datetime.now(UTC)  # noqa: TID251 - this module is the one home of the clock


def monotonic() -> float:
    """Return seconds on a clock that nobody sets and that goes on while the host sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Clock:
    """The time of day: that of the host, until it is kept to a clock that several hosts share.

    Then it goes on by `monotonic`, so that what the host's clock is set to meanwhile changes nothing.
    """

    def __init__(self, own: Callable[[], datetime] = own, monotonic: Callable[[], float] = monotonic) -> None:
        """Take the clocks of the host."""
        self._own = own
        self._monotonic = monotonic
        self._zero: datetime | None = None

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        zero = self._zero
        return self._own() if zero is None else zero + timedelta(seconds=self._monotonic())

    def keep_to(self, told: datetime, asked: float, answered: float) -> None:
        """Agree with another clock, which told the time between two readings of `monotonic`.

        It changes as little as the answer allows: one that took long refutes little.
        """
        zero = self._zero or self._own() - timedelta(seconds=self._monotonic())
        earliest, latest = (told.astimezone(UTC) - timedelta(seconds=seconds) for seconds in (answered, asked))
        self._zero = min(max(zero, earliest), latest)


_CLOCK = Clock()
now, keep_to = _CLOCK.now, _CLOCK.keep_to


def jitter() -> float:
    """Return a random number in [0, 1), for spreading retries."""
    return random.random()  # noqa: S311 - spreads load; nothing secret depends on it


def fresh_id() -> str:
    """Return 16 random bytes as hexadecimal text, unique for every practical purpose."""
    return secrets.token_hex(16)
