"""Who writes to an SQLite file takes turns within the process.

SQLite lets the next one in who happens to look while nobody writes, and each looks ever more seldom, at last every
100 ms: beside a thread that writes all the time, the others would hardly ever be the one.
"""

from threading import Lock, get_ident

_LONGEST_WAIT = 5.0


class Turns:
    """One thread at a time has the turn. Threads share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._whose = 0

    def take(self) -> None:
        """Wait for the turn; after too long a wait go without, and let SQLite say that the file is locked."""
        if self._whose != get_ident() and self._lock.acquire(timeout=_LONGEST_WAIT):
            self._whose = get_ident()

    def end(self) -> None:
        """Give the turn to the next, where this thread has it."""
        if self._whose == get_ident():
            self._whose = 0
            self._lock.release()
