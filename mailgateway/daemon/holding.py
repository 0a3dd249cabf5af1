"""Whether this process may read a mailbox: of several hosts one at a time does."""

import threading
from typing import Protocol


class Tenure:
    """A worker's wish to read a mailbox, and what became of it. `over` is set when the worker is to leave."""

    def __init__(self, mailbox: str) -> None:
        """Wish for a mailbox."""
        self.mailbox = mailbox
        self.over = threading.Event()
        self.is_left = False
        self._decided = threading.Event()

    def begin(self) -> None:
        """Let the worker read the mailbox."""
        self._decided.set()

    def end(self) -> None:
        """Have the worker leave the mailbox, or wait for it no longer."""
        self.over.set()
        self._decided.set()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long for the beginning or the end; tell whether there was one."""
        return self._decided.wait(seconds)


class Holding(Protocol):
    """Who lets the workers of this process read mailboxes."""

    def want(self, mailbox: str) -> Tenure:
        """Wish for a mailbox."""

    def leave(self, tenure: Tenure) -> None:
        """Leave a mailbox, or wait for it no longer."""

    def lasts(self, tenure: Tenure) -> bool:
        """Tell whether the mailbox is still ours, and not to be left."""


class Alone:
    """Nobody else reads mailboxes: so it is over SQLite."""

    def want(self, mailbox: str) -> Tenure:
        """Grant it."""
        tenure = Tenure(mailbox)
        tenure.begin()
        return tenure

    def leave(self, tenure: Tenure) -> None:
        """Nobody waits for it."""
        tenure.is_left = True

    def lasts(self, tenure: Tenure) -> bool:
        """Tell whether the worker was not asked to leave."""
        return not tenure.over.is_set()
