"""One thread a webhook: it makes the calls that are due, and sleeps until one is. One that hangs holds up no other."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mailgateway.accounts.endpoint import Endpoint
from mailgateway.daemon.worker import Worker
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import calling
from mailgateway.flows.sending.call import Calling, call_due, find_webhook
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.sending.naps import until_calls
from mailgateway.flows.sending.owners import one_of
from mailgateway.store.outgoing import calls


@dataclass(frozen=True, slots=True)
class Line:
    """Where a caller stands: the webhook that it calls, and how."""

    endpoint: Endpoint
    how: Calling

    @property
    def name(self) -> str:
        """What threads, log lines and signs of life call it."""
        return calling(self.endpoint.name)


class Caller(Worker):
    """Calls one webhook; `wake` lets it look at once."""

    def __init__(
        self, post: Line, desk: Desk, jitter: Callable[[], float], hears_news: Callable[[], bool] = lambda: False
    ) -> None:
        """Take the webhook, and what tells whether `wake` is called for what others queue; nothing is connected to."""
        super().__init__(post.name, desk, jitter)
        self.post = post
        self._hears_news = hears_news
        self._how = replace(post.how, owner=one_of(post.how.owner))
        self._in_hand = InHand(calls)
        self._woken = threading.Event()

    def wake(self) -> None:
        """Look for calls now."""
        self._woken.set()

    def hurry(self) -> None:
        """End the nap, and the pause after a failure."""
        super().hurry()
        self.wake()

    def rounds(self) -> Iterator[None]:
        """Make what is due, until asked to stop."""
        while not self.stop_asked.is_set():
            self._woken.clear()
            made = call_due(self.desk, self.post.endpoint, self._how, self._in_hand, self.is_stopping)
            if self.failing_since is not None and not made:
                find_webhook(self.desk, self.post.endpoint)  # what was due another host may have called
            yield
            nap = until_calls(self.desk, self.post.endpoint.name, hears_news=self._hears_news())
            self._woken.wait(nap.total_seconds())
