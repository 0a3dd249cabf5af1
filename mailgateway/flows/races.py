"""Work that another writer may spoil: done again, it sees that writer's result."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from mailgateway.errors import StoreBusy

_TIMES = 5

T = TypeVar("T")


def despite_races(work: Callable[[], T]) -> T:
    """Return what `work` returns, done again where it raises StoreBusy; the last time that leaves as it is."""
    for _ in range(_TIMES - 1):
        with suppress(StoreBusy):
            return work()
    return work()
