"""The letters of a route, claimed a hundred at a time while there are due ones, and read when their turn comes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from mailgateway.desk.letters.delivery import Attempt, Delivery, deferred, failed
from mailgateway.errors import BlobsAway, PermanentError, StoreUnusable
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.sending.outcomes import Sending
from mailgateway.mail.model import Letter
from mailgateway.store.outgoing import outbox, pace

BATCH = 100

LEASE = timedelta(minutes=15)
LONGEST_BATCH = LEASE / 3
"""After that no letter of a claim is begun: it must not run out while a slow server still has its letter."""

MOST_CLAIMS = 10
LONGEST_SUPPLY = timedelta(seconds=20)
"""So many batches are given in one go, the last begun within that time: behind them connections that were refused are
tried again, and a letter that was put back is begun no later than this past the limit of its own claim."""

READ_TOGETHER = 20

Expect = Callable[[Sequence[outbox.Outgoing]], None]
"""Is told of letters as soon as they are claimed."""


class Supply:
    """Claims the next letters while the last ones leave: connections would stand idle, for a commit and more.

    But only behind a full claim: to ask in vain would hold up the few that leave just then.
    """

    def __init__(self, desk: Desk, sending: Sending, expect: Expect, stop: Stop) -> None:
        """Claim nothing yet."""
        self._desk = desk
        self._sending = sending
        self._expect = expect
        self._stop = stop
        self._latest: datetime | None = None
        self._is_more = False
        self._claimed: tuple[outbox.Outgoing, ...] = ()
        self.unread: dict[int, Delivery] = {}
        """What becomes of letters whose bytes are lost or cannot be had now: the claim with one of them is the last."""

    def claim(self) -> bool:
        """Claim letters, and tell whether there are any. Raises StoreBusy or StoreUnusable."""
        self._claimed = self._next()
        return bool(self._claimed)

    def letters(self) -> Iterator[tuple[int, Letter]]:
        """Give what is claimed, with numbers, and what is claimed meanwhile, for a while. Raises as `claim` does."""
        until = self._desk.clock() + LONGEST_SUPPLY
        yield from self._read(self._claimed)
        for _ in range(MOST_CLAIMS - 1):
            if not self._is_more or self.unread or self._desk.clock() >= until or not self.claim():
                break
            yield from self._read(self._claimed)

    def is_over(self) -> bool:
        """Tell whether no letter may be begun any more."""
        return self._stop() or (self._latest is not None and self._desk.clock() >= self._latest)

    def _next(self) -> tuple[outbox.Outgoing, ...]:
        while not self._stop():
            latest = self._desk.clock() + LONGEST_BATCH
            claimed, paced = _claim(self._desk, self._sending)
            self._is_more = len(claimed) + paced == BATCH
            if claimed:
                self._latest = latest
                self._expect(claimed)
                return claimed
            if not paced:
                break
        return ()

    def _read(self, claimed: Sequence[outbox.Outgoing]) -> Iterator[tuple[int, Letter]]:
        """Read a few letters together: all of a claim would fill the memory.

        One whose bytes are lost, or cannot be had now, must not stop those behind it. Where the blobs do not answer
        once, no other letter of the claim waits for their time-out.
        """
        of = {outgoing.id: outgoing for outgoing in claimed}
        ids = list(of)
        away = ""
        for start in range(0, len(ids), READ_TOGETHER):
            with self._desk.store.reading() as tx:
                stored = outbox.stored(tx, ids[start : start + READ_TOGETHER])
            for one in stored:
                if away and one.content is None:
                    self.unread[one.id] = self._later(of[one.id], away)
                    continue
                try:
                    letter = one.letter(self._desk.store.blobs)
                except BlobsAway as error:
                    away = str(error)
                    self.unread[one.id] = self._later(of[one.id], away)
                except StoreUnusable:
                    raise
                except PermanentError as error:
                    self.unread[one.id] = failed(str(error), self._desk.clock())
                else:
                    yield one.id, letter

    def _later(self, outgoing: outbox.Outgoing, why: str) -> Delivery:
        sending = self._sending
        attempt = Attempt(outgoing.attempts, outgoing.first_at)
        return deferred(attempt, why, self._desk.clock(), sending.jitter(), sending.retry_for, uncertain=False)


def _claim(desk: Desk, sending: Sending) -> tuple[tuple[outbox.Outgoing, ...], int]:
    """Claim letters that are due, and let those wait that leave too fast for their domain: return how many do."""
    wanted, now = sending.pace, desk.clock()
    with desk.store.writing() as tx:
        due = outbox.claim_due(tx, now, sending.owner, BATCH, sending.route)
        rates = {one.due.domain: rate for one in due if (rate := wanted.rate(one.due.domain))}
        if not rates:
            return due, 0
        since = {domain: now - rate.per for domain, rate in rates.items()}
        gone = pace.gone(tx, since, [one.id for one in due], sending.route)
        waiting = wanted.waiting((one.due for one in due), gone, now)
        pace.postpone(tx, waiting)
    return tuple(one for one in due if one.id not in waiting), len(waiting)
