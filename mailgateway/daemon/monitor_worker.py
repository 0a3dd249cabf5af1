"""One thread for the figures, and for who asks whether the daemon is alive and ready."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailgateway import log
from mailgateway.daemon.http_worker import HttpWorker
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import METRICS

if TYPE_CHECKING:
    from mailgateway.api.monitoring import Monitor
    from mailgateway.api.server import Application

_log = log.logger("metrics")


@dataclass(frozen=True, slots=True)
class MonitorPost:
    """Where figures are given out, and whose."""

    host: str
    port: int
    monitor: "Monitor" = field(compare=False)

    @property
    def name(self) -> str:
        """What threads, log lines and signs of life call it."""
        return METRICS


class MonitorWorker(HttpWorker):
    """Answers monitoring."""

    def __init__(self, post: MonitorPost, desk: Desk, jitter: Callable[[], float]) -> None:
        """Take the post; nothing is listened to yet."""
        super().__init__(post.name, (post.host, post.port), desk, jitter)
        self.post = post

    def application(self) -> "Application":
        """Return what answers monitoring."""
        from mailgateway.api.monitoring import application  # noqa: PLC0415 - as in the base class

        return application(self.post.monitor)

    def tell(self) -> None:
        """Log that figures are given out from now on."""
        _log.info("metrics.listening", host=self.post.host, port=self.post.port)
