"""One thread a server that letters leave by: it sends what is due there, and sleeps until something is."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta

from mailgateway.daemon.wakeful import Wakeful
from mailgateway.flows.desk import Desk
from mailgateway.flows.sending.deliver import deliver_due, find_server, is_wanted_now
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.sending.naps import UNHEARD, until_letters
from mailgateway.flows.sending.outcomes import Sending
from mailgateway.flows.sending.owners import one_of
from mailgateway.smtp.pool import Pool
from mailgateway.smtp.relay import Relay

AT_MOST_EVERY = timedelta(milliseconds=100)
"""Letters that are queued one after the other leave together: a round for each would hold up those who queue them."""

GLANCE = UNHEARD
"""So often an operator's wish is looked for in a pause."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where a sender stands: the server that it gives letters to, the one that stands in for it, and how it sends."""

    relay: Relay
    fallback: Relay | None
    sending: Sending

    @property
    def name(self) -> str:
        """What threads, log lines and signs of life call it."""
        return self.sending.name

    def pool(self) -> Pool:
        """Return connections of its own; none is opened yet."""
        return Pool(self.relay, self.fallback, jitter=self.sending.jitter)


class Sender(Wakeful):
    """Owns the SMTP connections of an outlet."""

    def __init__(
        self, post: Outlet, desk: Desk, jitter: Callable[[], float], hears_news: Callable[[], bool] = lambda: False
    ) -> None:
        """Take the outlet; nothing is connected to."""
        super().__init__(post.name, desk, jitter, hears_news)
        self.post = post
        self._sending = replace(post.sending, owner=one_of(post.sending.owner))
        self._in_hand = InHand()
        self._tried_at = desk.clock()

    def rounds(self) -> Iterator[None]:
        """Send what is due, until asked to stop."""
        with closing(self.post.pool()) as pool:
            while not self.stop_asked.is_set():
                soonest = time.monotonic() + AT_MOST_EVERY.total_seconds()
                self.woken.clear()
                self._tried_at = self.desk.clock()
                if self.failing_since is not None:
                    find_server(self.desk, pool, self._sending)  # before letters are taken that another host can send
                deliver_due(self.desk, pool, self._sending, self._in_hand, self.is_stopping)
                yield
                nap = until_letters(self.desk, self._sending.route, hears_news=self.hears_news())
                self.woken.wait(nap.total_seconds())
                self.stop_asked.wait(max(soonest - time.monotonic(), 0))

    def rest(self, wait: timedelta) -> None:
        """Pause, but no longer than until an operator wants a letter sent since the try that failed began."""
        end = time.monotonic() + wait.total_seconds()
        while (left := end - time.monotonic()) > 0:
            self.woken.wait(min(left, GLANCE.total_seconds()))
            self.woken.clear()
            if self.hurried.is_set():
                return
            if is_wanted_now(self.desk, self._sending.route, self._tried_at):
                return
