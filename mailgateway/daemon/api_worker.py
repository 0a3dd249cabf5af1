"""One thread for the HTTP API."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailgateway import log
from mailgateway.daemon.worker import Worker
from mailgateway.flows.beats import API
from mailgateway.flows.desk import Desk

if TYPE_CHECKING:
    from mailgateway.api.server import HttpServer

_log = log.logger("api")


@dataclass(frozen=True, slots=True)
class ApiPost:
    """Where the API listens; `tokens` gives those that are good at the moment, so that new ones need no new thread."""

    host: str
    port: int
    tokens: Callable[[], tuple[str, ...]] = field(compare=False)

    @property
    def name(self) -> str:
        """What threads, log lines and signs of life call it."""
        return API


class ApiWorker(Worker):
    """Answers over HTTP for as long as the daemon runs."""

    def __init__(self, post: ApiPost, desk: Desk, jitter: Callable[[], float]) -> None:
        """Take the post; nothing is listened to yet."""
        super().__init__(post.name, desk, jitter)
        self.post = post
        self._server: HttpServer | None = None
        self._guard = threading.Lock()

    def ask_to_stop(self) -> None:
        """Let what is being answered be answered, and leave."""
        super().ask_to_stop()
        with self._guard:
            if self._server is not None:
                self._server.stop()

    def rounds(self) -> Iterator[None]:
        """Answer until asked to stop."""
        # here: the libraries take longer to import than the daemon takes to start, and most have no API
        from mailgateway.api.application import application  # noqa: PLC0415
        from mailgateway.api.server import HttpServer  # noqa: PLC0415

        app = application(self.desk, self.post.tokens)
        server = HttpServer(app, self.post.host, self.post.port)
        self.beat(None)
        yield
        with self._guard:
            self._server = server
            if self.stop_asked.is_set():
                server.stop()
        _log.info("api.listening", host=self.post.host, port=self.post.port)
        server.serve()
