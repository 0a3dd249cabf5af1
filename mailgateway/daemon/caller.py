"""One thread a webhook: it makes the calls that are due, and sleeps until one is. One that hangs holds up no other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mailgateway.accounts.endpoint import Endpoint
from mailgateway.daemon.wakeful import Wakeful
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


class Caller(Wakeful):
    """Calls one webhook."""

    def __init__(
        self, post: Line, desk: Desk, jitter: Callable[[], float], hears_news: Callable[[], bool] = lambda: False
    ) -> None:
        """Take the webhook; nothing is connected to."""
        super().__init__(post.name, desk, jitter, hears_news)
        self.post = post
        self._how = replace(post.how, owner=one_of(post.how.owner))
        self._in_hand = InHand(calls)

    def rounds(self) -> Iterator[None]:
        """Make what is due, until asked to stop."""
        while not self.stop_asked.is_set():
            self.woken.clear()
            made = call_due(self.desk, self.post.endpoint, self._how, self._in_hand, self.is_stopping)
            if self.failing_since is not None and not made:
                find_webhook(self.desk, self.post.endpoint)  # what was due another host may have called
            yield
            nap = until_calls(self.desk, self.post.endpoint.name, hears_news=self.hears_news())
            self.woken.wait(nap.total_seconds())
