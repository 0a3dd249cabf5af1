"""The signals that the daemon obeys, and waiting for them."""

import selectors
import signal
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Self

OBEYED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """Hears signals for as long as the block lasts, and can wait for them; for the main thread alone.

    The kernel may give a signal to any thread, and the handler runs in the main one when that gets to it. Waiting for
    an Event it does not before its time is over; so it waits for the byte that the interpreter writes at once.
    """

    def __init__(self, hear: Callable[[int], None]) -> None:
        """Take what is told of each signal, in the main thread, wherever that is: it must wait for no lock."""
        self._hear = hear
        self._reader, self._writer = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._before = -1

    def wait(self, seconds: float) -> None:
        """Wait so long, and no longer than until a signal comes."""
        if self._selector.select(seconds):
            self._reader.recv(4096)

    def __enter__(self) -> Self:
        """Begin to hear."""
        self._writer.settimeout(0)
        self._selector.register(self._reader, selectors.EVENT_READ)
        self._before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in OBEYED:
            signal.signal(number, lambda heard, _frame: self._hear(heard))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wake nobody any more. The handlers stay: a second signal must not cut off what the first brings to an end."""
        signal.set_wakeup_fd(self._before)
        self._selector.close()
        self._reader.close()
        self._writer.close()
