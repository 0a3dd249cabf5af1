"""Time and chance: the one place where they enter the program. Everything else is given them as values."""

import random  # noqa: TID251 - this module is the one home of chance
import secrets
import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this module is the one home of the clock


def monotonic() -> float:
    """Return seconds on a clock that only goes forward, for measuring how long something takes."""
    return time.monotonic()


def jitter() -> float:
    """Return a random number in [0, 1), for spreading retries."""
    return random.random()  # noqa: S311 - spreads load; nothing secret depends on it


def fresh_id() -> str:
    """Return 16 random bytes as hexadecimal text, unique for every practical purpose."""
    return secrets.token_hex(16)
