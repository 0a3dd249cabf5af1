"""Several calls side by side, where each mostly waits for a disk or a server."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_AT_ONCE = 8
# of the whole process, however many mailboxes it has: a service may have so many threads and no more
_SPARE = threading.BoundedSemaphore(32)


def side_by_side(call: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return what a call gives for each item, in their order; the first error is raised when all have ended.

    Who asks takes part, so it goes on with no thread to spare. The others are such as the end of the process does not
    wait for, as a pool's are not: a store that hangs must keep no daemon from leaving.
    """
    left = deque(enumerate(items))
    results: dict[int, Result] = {}
    errors: list[BaseException] = []

    def work() -> None:
        while (taken := _taken(left)) is not None:
            place, item = taken
            try:
                results[place] = call(item)
            except BaseException as error:  # noqa: BLE001 - who asked hears of it
                errors.append(error)

    others = [_begun(work) for _ in range(min(len(items), _AT_ONCE) - 1)]
    work()
    for other in others:
        if other is not None:
            other.join()
    if errors:
        raise errors[0]
    return [results[place] for place in range(len(items))]


def _taken(left: deque[tuple[int, Item]]) -> tuple[int, Item] | None:
    try:
        return left.popleft()
    except IndexError:
        return None


def _begun(work: Callable[[], None]) -> threading.Thread | None:
    """Return a thread that works, None where there is none to spare."""
    if not _SPARE.acquire(blocking=False):
        return None

    def run() -> None:
        try:
            work()
        finally:
            _SPARE.release()

    thread = threading.Thread(target=run, name="blobs", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        _SPARE.release()
        return None
    return thread
