"""One thread a mailbox: collect, wait for news, collect."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from mailgateway import log
from mailgateway.accounts.server import Server
from mailgateway.daemon.worker import Worker
from mailgateway.flows.beats import fetching
from mailgateway.flows.collect import collect
from mailgateway.flows.desk import Desk
from mailgateway.flows.receive import Source, Suspects
from mailgateway.imap.session import Session

_log = log.logger("mailbox")


@dataclass(frozen=True, slots=True)
class Post:
    """Where a worker stands: the mailbox as a source, its server and folder, and how often to poll it."""

    source: Source
    server: Server
    folder: str
    poll: timedelta

    @property
    def name(self) -> str:
        """What threads, log lines and signs of life call it."""
        return fetching(self.source.mailbox)


class MailboxWorker(Worker):
    """Holds the connection to one mailbox for as long as the daemon runs."""

    def __init__(self, post: Post, desk: Desk, jitter: Callable[[], float]) -> None:
        """Take the post."""
        super().__init__(post.name, desk, jitter)
        self.post = post
        self._suspects = Suspects()

    def rounds(self) -> Iterator[None]:
        """Connect, and collect whenever the server announces something, or the time to poll has come."""
        with Session.open(self.post.server, self.post.folder) as session:
            _log.info("mailbox.connected", mailbox=self.post.source.mailbox, idle=session.has_idle)
            while not self.stop_asked.is_set():
                collect(session, self.post.source, self.desk, self.is_stopping, self._suspects)
                self.beat(None)
                yield
                self.pulse.beat(self.post.poll)
                session.wait(self.post.poll, self.stop_asked)
