"""One thread a mailbox: collect, wait for news, collect."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from mailgateway import log
from mailgateway.accounts.server import Server
from mailgateway.clock import monotonic
from mailgateway.daemon.holding import Alone, Holding, Tenure
from mailgateway.daemon.rhythm import Rhythm
from mailgateway.daemon.worker import Worker
from mailgateway.errors import GatewayError, StoreBusy, StoreUnusable
from mailgateway.flows.collect import collect
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import fetching
from mailgateway.flows.receive import Source
from mailgateway.flows.settling import Refused
from mailgateway.flows.suspects import Suspects
from mailgateway.imap.session import Session

_GLANCE = timedelta(seconds=1)
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
    """Holds the connection to one mailbox for as long as the daemon runs, and this host is to read it."""

    def __init__(self, post: Post, desk: Desk, jitter: Callable[[], float], holding: Holding | None = None) -> None:
        """Take the post, and who says whether this process may read the mailbox."""
        super().__init__(post.name, desk, jitter)
        self.post = post
        self._holding = holding or Alone()
        self._tenure: Tenure | None = None
        self._suspects = Suspects()
        self._has_failed = False

    def ask_to_stop(self) -> None:
        """Let the worker finish the message in hand and leave, wherever it waits."""
        super().ask_to_stop()
        tenure = self._tenure
        if tenure is not None:
            tenure.end()

    def rounds(self) -> Iterator[None]:
        """Wait until the mailbox is ours, then read it for as long as it is.

        After a failure another host may try meanwhile: it may reach a server that this one does not. A database or a
        store of blobs that is away says nothing of that, as all hosts share them.
        """
        tenure = self._tenure = self._holding.want(self.post.source.mailbox, has_failed=self._has_failed)
        try:
            if self._is_ours(tenure):
                yield from self._read(tenure)
        except (StoreBusy, StoreUnusable):
            raise
        except GatewayError:
            self._has_failed = True
            raise
        finally:
            self._holding.leave(tenure)

    def _is_ours(self, tenure: Tenure) -> bool:
        while not self.stop_asked.is_set():
            self.pulse.beat()
            if tenure.wait(_GLANCE.total_seconds()):
                return not tenure.over.is_set()
        return False

    def _read(self, tenure: Tenure) -> Iterator[None]:
        """Connect, and collect while mail keeps coming, when the server announces some, or it is time to poll."""

        def stop() -> bool:
            return self.is_stopping() or not self._holding.lasts(tenure)

        with Session.open(self.post.server, self.post.folder) as session:
            _log.info("mailbox.connected", mailbox=self.post.source.mailbox, idle=session.has_idle)
            rhythm, refused = Rhythm(), Refused()
            while not stop():
                mails = collect(session, self.post.source, self.desk, stop, self._suspects, refused)
                self._has_failed = False
                pause = rhythm.next(mails) if session.has_idle else None
                if pause is None or rhythm.is_sign_due(monotonic()):
                    self.beat(None)
                yield
                if pause is None:
                    self.pulse.beat(self.post.poll)
                    session.wait(self.post.poll, tenure.over)
                else:
                    tenure.over.wait(pause.total_seconds())
