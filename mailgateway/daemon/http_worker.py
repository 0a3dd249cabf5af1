"""One thread that answers over HTTP; what it answers is its application's."""

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mailgateway.daemon.pulse import FOR_EVER
from mailgateway.daemon.worker import Worker
from mailgateway.flows.desk import Desk

if TYPE_CHECKING:
    from mailgateway.api.server import Application, HttpServer


class HttpWorker(Worker):
    """Answers for as long as the daemon runs."""

    def __init__(self, part: str, address: tuple[str, int], desk: Desk, jitter: Callable[[], float]) -> None:
        """Take the host and the port; nothing is listened to yet."""
        super().__init__(part, desk, jitter)
        self._address = address
        self._server: HttpServer | None = None
        self._guard = threading.Lock()

    def application(self) -> "Application":
        """Return what answers."""
        raise NotImplementedError

    def tell(self) -> None:
        """Log that it answers from now on."""
        raise NotImplementedError

    def ask_to_stop(self) -> None:
        """Let what is being answered be answered, and leave."""
        super().ask_to_stop()
        with self._guard:
            if self._server is not None:
                self._server.stop()

    def rounds(self) -> Iterator[None]:
        """Answer until asked to stop."""
        # here: the libraries take longer to import than the daemon takes to start, and most do without
        from mailgateway.api.server import HttpServer  # noqa: PLC0415

        server = HttpServer(self.application(), *self._address)
        self.beat(None)
        yield
        with self._guard:
            self._server = server
            if self.stop_asked.is_set():
                server.stop()
        self.pulse.beat(FOR_EVER)
        self.tell()
        server.serve()
