"""Whether this process may read a mailbox: of several hosts one at a time does."""

import threading
from typing import Protocol


class Tenure:
    """A worker's wish to read a mailbox, and what became of it. `over` is set when the worker is to leave."""

    def __init__(self, mailbox: str, eager_from: float = float("-inf")) -> None:
        """Wish for a mailbox; before that time (seconds, monotonic) others go before us."""
        self.mailbox = mailbox
        self.eager_from = eager_from
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

    def want(self, mailbox: str, *, has_failed: bool = False) -> Tenure:
        """Wish for a mailbox; `has_failed` where reading it failed, and another host should try."""

    def leave(self, tenure: Tenure) -> None:
        """Leave a mailbox, or wait for it no longer."""

    def lasts(self, tenure: Tenure) -> bool:
        """Tell whether the mailbox is still ours, and not to be left."""


class Alone:
    """Nobody else reads mailboxes: so it is over SQLite."""

    def want(self, mailbox: str, *, has_failed: bool = False) -> Tenure:  # noqa: ARG002 - there is nobody else to try
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
