"""Work that another writer may spoil: done again, it sees that writer's result."""

from collections.abc import Callable
from typing import TypeVar

from mailgateway.errors import BlobsAway, StoreBusy

_TIMES = 5

T = TypeVar("T")


def despite_races(work: Callable[[], T]) -> T:
    """Return what `work` returns, done again where it raises StoreBusy; the last time that leaves as it is.

    Blobs that are away are no race, and leave at once: each try may wait for a time-out.
    """
    for _ in range(_TIMES - 1):
        try:
            return work()
        except BlobsAway:
            raise
        except StoreBusy:
            continue
    return work()
