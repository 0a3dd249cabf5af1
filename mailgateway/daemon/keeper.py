"""One thread that holds mailboxes for this host among several, and hears what other processes let know."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from datetime import timedelta

from mailgateway import log
from mailgateway.clock import monotonic
from mailgateway.daemon.holding import Tenure
from mailgateway.daemon.worker import Worker
from mailgateway.desk.sharing import Sight, to_give, to_take
from mailgateway.errors import GatewayError
from mailgateway.flows.desk import Desk
from mailgateway.store.hosts.names import number_of
from mailgateway.store.hosts.news import News, heed
from mailgateway.store.hosts.session import SILENCE, HostSession

NAME = "hosts"
LOOK_EVERY = timedelta(seconds=1)
TELL_EVERY = timedelta(milliseconds=50)
"""PostgreSQL makes whoever tells something wait for all others that do: news that come meanwhile go together."""

UNREAD_FOR = timedelta(seconds=5)
"""So long a mailbox that nobody reads is left to the host whose turn it is."""

RELUCTANT_FOR = timedelta(minutes=15)
"""So long a host that failed to read a mailbox leaves it to others, before it asks for it again."""

MOST_APART = timedelta(minutes=1)
"""A host whose clock is further from the database's is told of: certificates and the log go by its own."""

_log = log.logger(NAME)


class Keeper(Worker):
    """Takes mailboxes for the workers of this process, leaves some to other hosts, and knows when they are lost.

    What it holds counts for a shorter time than the server surely keeps it: a process that was frozen knows that its
    time is over before it hears so.
    """

    longest_pause = timedelta(seconds=5)
    """Mailboxes wait for it, and nobody but the database is asked."""

    def __init__(
        self,
        desk: Desk,
        jitter: Callable[[], float],
        host: str,
        hearers: Mapping[News, Callable[[], None]],
        silence: timedelta = SILENCE,
    ) -> None:
        """Take the name of the host, and what is called when there is news of a kind; nothing is connected to."""
        super().__init__(NAME, desk, jitter)
        self._host = host
        self._hearers = hearers
        self._silence = silence
        self._session: HostSession | None = None
        self._guard = threading.Lock()
        self._wishes: dict[int, Tenure] = {}
        self._held: dict[int, Tenure] = {}
        self._waited_for: frozenset[int] = frozenset()
        self._free_since: dict[int, float] = {}
        self._sure_until = float("-inf")
        self._look_asked = threading.Event()
        self._to_tell: set[News] = set()
        self._told_at = float("-inf")
        self._is_apart = False

    def is_connected(self) -> bool:
        """Tell whether news of other processes are heard."""
        return self._session is not None

    def want(self, mailbox: str, *, has_failed: bool = False) -> Tenure:
        """Wish for a mailbox; the tenure begins when it is ours.

        A host that failed to read it takes it for a while only where nobody else wants it, and asks nobody for it: who
        reaches no mail server reads nothing, and would be given what others read.
        """
        tenure = Tenure(mailbox, monotonic() + RELUCTANT_FOR.total_seconds() if has_failed else float("-inf"))
        with self._guard:
            self._wishes[number_of(mailbox)] = tenure
        self._wake()
        return tenure

    def leave(self, tenure: Tenure) -> None:
        """Leave a mailbox, or wait for it no longer."""
        number = number_of(tenure.mailbox)
        tenure.end()
        with self._guard:
            tenure.is_left = True
            if self._wishes.get(number) is tenure:
                del self._wishes[number]
        self._wake()

    def lasts(self, tenure: Tenure) -> bool:
        """Tell whether the server surely keeps the mailbox for us, and nobody else is to have it."""
        return not tenure.over.is_set() and monotonic() < self._sure_until

    def spread(self, news: Collection[News]) -> None:
        """Let the workers of this process know at once and other processes soon; any thread may."""
        heed(self._hearers, news)
        with self._guard:
            is_first = not self._to_tell
            self._to_tell.update(news)
        session = self._session
        if is_first and session is not None:
            session.wake()

    def hurry(self) -> None:
        """End the pause after a failure, and look again."""
        super().hurry()
        self._wake()

    def beat(self, error: str | None) -> None:
        """Leave no sign of life in the database: the connection itself is one."""

    def rounds(self) -> Iterator[None]:
        """Look around every second, and listen meanwhile."""
        with closing(HostSession(self.desk.store, self._host, self._silence)) as session:
            self._session = session
            try:
                heed(self._hearers, frozenset(News))  # what was told before the connection was there nobody heard
                while not self.stop_asked.is_set():
                    self._look(session)
                    yield
                    self._listen(session, monotonic() + LOOK_EVERY.total_seconds())
            finally:
                self._session = None
                self._lose_all()

    def _wake(self) -> None:
        self._look_asked.set()
        session = self._session
        if session is not None:
            session.wake()

    def _listen(self, session: HostSession, until: float) -> None:
        while not self._look_asked.is_set() and (now := monotonic()) < until:
            next_telling = self._tell_others(session, now)
            heed(self._hearers, session.hear(timedelta(seconds=min(until, next_telling) - now)))

    def _tell_others(self, session: HostSession, now: float) -> float:
        """Tell what is to be told, if the last time is long enough ago; return when it can be told otherwise."""
        soonest = self._told_at + TELL_EVERY.total_seconds()
        if not self._to_tell:
            return float("inf")
        if now < soonest:
            return soonest
        with self._guard:
            news, self._to_tell = self._to_tell, set()
        self._told_at = now
        try:
            session.tell(news)
        except GatewayError:
            with self._guard:
                self._to_tell.update(news)  # for the next connection
            raise
        return float("inf")

    def _look(self, session: HostSession) -> None:
        self._look_asked.clear()
        began = monotonic()
        self._give_back(session)
        with self._guard:
            wishes = {
                number: tenure
                for number, tenure in self._wishes.items()
                if number not in self._held and not tenure.over.is_set()
            }
        eager = frozenset(number for number, tenure in wishes.items() if tenure.eager_from <= began)
        self._show_wishes(session, eager)
        sight = session.look()
        self._sure_until = began + self._silence.total_seconds() * 2 / 3
        self._agree_on_time(session)
        self._leave_to_others(session, sight)
        wanted = [number for number in wishes if number in eager or not sight.rivals(number, session.number)]
        self._take(session, sight, wishes, wanted, began)

    def _agree_on_time(self, session: HostSession) -> None:
        ahead = session.agree_on_time()
        if (abs(ahead) > MOST_APART) is not self._is_apart:
            self._is_apart = not self._is_apart
            write = _log.warning if self._is_apart else _log.info
            write("hosts.clock", agrees=not self._is_apart, seconds_ahead=round(ahead.total_seconds()))

    def _give_back(self, session: HostSession) -> None:
        left = [number for number, tenure in self._held.items() if tenure.is_left]
        session.give_back(left)
        for number in left:
            del self._held[number]

    def _show_wishes(self, session: HostSession, wanted: frozenset[int]) -> None:
        session.wait_no_longer(self._waited_for - wanted)
        session.wait_for(wanted - self._waited_for)
        self._waited_for = wanted

    def _leave_to_others(self, session: HostSession, sight: Sight) -> None:
        """Ask workers to leave what others should have; not before those that were asked have left."""
        if any(tenure.over.is_set() for tenure in self._held.values()):
            return
        for number in to_give(sight, session.number, self._held):
            _log.info("hosts.leaves", mailbox=self._held[number].mailbox)
            self._held[number].end()

    def _take(
        self, session: HostSession, sight: Sight, wishes: Mapping[int, Tenure], wanted: Collection[int], now: float
    ) -> None:
        free = wishes.keys() - sight.readers.keys()
        self._free_since = {number: self._free_since.get(number, now) for number in free}
        unread = UNREAD_FOR.total_seconds()
        overdue = [number for number, since in self._free_since.items() if now - since >= unread]
        for number in to_take(sight, session.number, {*wanted, *overdue}, overdue):
            if session.take(number):
                self._held[number] = wishes[number]
                _log.info("hosts.reads", mailbox=wishes[number].mailbox)
                wishes[number].begin()

    def _lose_all(self) -> None:
        lost = [tenure for tenure in self._held.values() if not tenure.is_left]
        if lost and not self.stop_asked.is_set():
            _log.warning("hosts.lost", mailboxes=sorted(tenure.mailbox for tenure in lost))
        for tenure in lost:
            tenure.end()
        self._held, self._waited_for, self._sure_until = {}, frozenset(), float("-inf")
