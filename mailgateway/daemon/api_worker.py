"""One thread for the HTTP API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailgateway import log
from mailgateway.daemon.http_worker import HttpWorker
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import API

if TYPE_CHECKING:
    from mailgateway.api.server import Application

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


class ApiWorker(HttpWorker):
    """Answers questions about tickets."""

    def __init__(self, post: ApiPost, desk: Desk, jitter: Callable[[], float]) -> None:
        """Take the post; nothing is listened to yet."""
        super().__init__(post.name, (post.host, post.port), desk, jitter)
        self.post = post

    def application(self) -> "Application":
        """Return the API."""
        from mailgateway.api.application import application  # noqa: PLC0415 - as in the base class

        return application(self.desk, self.post.tokens)

    def tell(self) -> None:
        """Log that the API answers from now on."""
        _log.info("api.listening", host=self.post.host, port=self.post.port)
