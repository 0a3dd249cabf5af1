"""Several calls side by side, where each mostly waits for a disk or a server."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_AT_ONCE = 8


def side_by_side(call: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return what a call gives for each item, in their order; the first error is raised when all have ended.

    The threads are such as the end of the process does not wait for, as a pool's are not: a store that hangs must keep
    no daemon from leaving.
    """
    if len(items) < 2:
        return [call(item) for item in items]
    results: dict[int, Result] = {}
    errors: list[BaseException] = []
    together = min(len(items), _AT_ONCE)

    def work(first: int) -> None:
        try:
            for place in range(first, len(items), together):
                results[place] = call(items[place])
        except BaseException as error:  # noqa: BLE001 - who asked hears of it
            errors.append(error)

    threads = [threading.Thread(target=work, args=(one,), name="blobs", daemon=True) for one in range(together)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[place] for place in range(len(items))]
