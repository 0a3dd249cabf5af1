"""What is claimed of a queue and not given back yet, over the moments when the database is away."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from mailgateway.desk.letters.delivery import Delivery
from mailgateway.flows.desk import Desk
from mailgateway.flows.races import despite_races
from mailgateway.store.engine import Transaction
from mailgateway.store.outgoing import outbox


class Claimed(Protocol):
    """The queue that rows were claimed from."""

    def record(self, tx: Transaction, verdicts: Mapping[int, Delivery], /) -> object:
        """Write down what became of attempts."""

    def put_back(self, tx: Transaction, ids: Sequence[int], /) -> None:
        """Let rows wait as if they had not been claimed."""


class InHand:
    """Letters or calls that are claimed. Without it, one sent just then would be sent again when its lease ends."""

    def __init__(self, queue: Claimed = outbox) -> None:
        """Remember where they are claimed from."""
        self._queue = queue
        self._untouched: set[int] = set()
        self._ended: dict[int, Delivery] = {}

    def take(self, claimed: Sequence[int]) -> None:
        """Take what was claimed just now; others may end meanwhile in another thread."""
        self._untouched.update(claimed)

    def end(self, desk: Desk, ended: Mapping[int, Delivery]) -> None:
        """Write down what became of some; raises StoreBusy or StoreUnusable, and `give_back` does it later."""
        self._untouched.difference_update(ended)
        self._ended.update(ended)
        self._write_down(desk)

    def leave(self, one: int) -> None:
        """Forget one that was written down elsewhere."""
        self._untouched.discard(one)

    def give_back(self, desk: Desk) -> None:
        """Write down what could not be written before, and put back, as they were, those that were not begun."""
        self._write_down(desk)
        if self._untouched:
            with desk.store.writing() as tx:
                self._queue.put_back(tx, sorted(self._untouched))
            self._untouched.clear()

    def _write_down(self, desk: Desk) -> None:
        def write() -> None:
            with desk.store.writing() as tx:
                self._queue.record(tx, self._ended)

        if self._ended:
            despite_races(write)
            self._ended.clear()
