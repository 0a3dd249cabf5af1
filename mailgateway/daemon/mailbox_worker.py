"""One thread a mailbox: collect, wait for news, collect; back off when the server is not there."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from mailgateway import log
from mailgateway.accounts.server import Server
from mailgateway.desk.backoff import pause
from mailgateway.errors import GatewayError, PermanentError
from mailgateway.flows.collect import collect
from mailgateway.flows.desk import Desk
from mailgateway.flows.receive import Source, Suspects
from mailgateway.imap.session import Session
from mailgateway.store import health

_log = log.logger("mailbox")


@dataclass(frozen=True, slots=True)
class Post:
    """Where a worker stands: the mailbox as a source, its server and folder, and how often to poll it."""

    source: Source
    server: Server
    folder: str
    poll: timedelta


class MailboxWorker(threading.Thread):
    """Holds the connection to one mailbox for as long as the daemon runs."""

    def __init__(self, post: Post, desk: Desk, jitter: Callable[[], float]) -> None:
        super().__init__(name=f"mailbox-{post.source.mailbox}", daemon=True)
        self.post = post
        self._desk = desk
        self._jitter = jitter
        self._suspects = Suspects()
        self._stop_asked = threading.Event()

    def ask_to_stop(self) -> None:
        """Let the worker finish the message in hand and leave."""
        self._stop_asked.set()

    def run(self) -> None:
        """Work until asked to stop; whatever goes wrong is written down and tried again, ever more slowly."""
        failures = 0
        while not self._stop_asked.is_set():
            try:
                with Session.open(self.post.server, self.post.folder) as session:
                    _log.info("mailbox.connected", mailbox=self.post.source.mailbox, idle=session.has_idle)
                    for _ in self._rounds(session):
                        failures = 0
            except GatewayError as error:
                failures += 1
                self._wait(failures, error)
            except Exception as error:  # noqa: BLE001 - a bug in one worker must not end the mailbox for good
                failures += 1
                _log.exception("mailbox.broken", mailbox=self.post.source.mailbox)
                self._wait(failures, error)

    def _rounds(self, session: Session) -> Iterator[int]:
        while not self._stop_asked.is_set():
            yield collect(session, self.post.source, self._desk, self._stop_asked.is_set, self._suspects)
            self._beat(None)
            session.wait(self.post.poll, self._stop_asked)

    def _wait(self, failures: int, error: Exception) -> None:
        wait = pause(failures, self._jitter(), refused=isinstance(error, PermanentError))
        seconds = round(wait.total_seconds(), 1)
        _log.warning("mailbox.unavailable", mailbox=self.post.source.mailbox, why=str(error), next_try_in=seconds)
        self._beat(str(error))
        self._stop_asked.wait(wait.total_seconds())

    def _beat(self, error: str | None) -> None:
        try:
            with self._desk.store.writing() as tx:
                health.beat(tx, f"fetch:{self.post.source.mailbox}", self._desk.clock(), error)
        except GatewayError as store_error:
            _log.warning("mailbox.beat_lost", mailbox=self.post.source.mailbox, why=str(store_error))
