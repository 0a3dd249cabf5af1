"""Mails that the server does not give: one of them may be broken there, and must stop no other; or the server is out.

A mail is given up when the server fails at it again and again, and gives another one meanwhile. A server that gives
nothing is to blame itself: what is there is asked for until it comes.
"""

from collections import Counter
from collections.abc import Sequence

from mailgateway.errors import MailboxUnavailable
from mailgateway.imap.fetch import FetchedMail, RemoteMail, Unfetchable, fetch
from mailgateway.imap.session import Session
from mailgateway.store.incoming.spool import BATCH_MAILS

FAILURES_OF_A_BATCH = 2
FAILURES_OF_A_MAIL = 5
FAILURES_OF_A_LAST_MAIL = 10
"""More, as no mail behind it can tell whether the server is to blame, and none is held up."""
_MOST_COUNTED = 20


class Suspects:
    """Mails during whose fetch the connection broke or that were refused, and how often."""

    def __init__(self) -> None:
        self._failures: Counter[tuple[int, int]] = Counter()
        self._guilty: set[tuple[int, int]] = set()

    @property
    def total(self) -> int:
        """How often the server failed at mails that have not come yet; of each mail only so often as may matter."""
        return sum(min(count, _MOST_COUNTED) for count in self._failures.values())

    def batch_size(self, session: Session, mails: Sequence[RemoteMail], above: int) -> int:
        """Return how many of these mails to fetch at once: singly, once a batch of them failed repeatedly.

        They are all that there are between `above` and the last of them: who is no longer among them is forgotten.
        """
        there = {(session.uidvalidity, mail.uid) for mail in mails}
        gone = {mark for mark in self._failures if mark not in there and self._is_between(mark, session, above, mails)}
        self._failures = Counter({mark: count for mark, count in self._failures.items() if mark not in gone})
        self._guilty -= gone
        return 1 if any(self._failures[mark] >= FAILURES_OF_A_BATCH for mark in there) else BATCH_MAILS

    @staticmethod
    def _is_between(mark: tuple[int, int], session: Session, above: int, mails: Sequence[RemoteMail]) -> bool:
        uidvalidity, uid = mark
        return uidvalidity != session.uidvalidity or above < uid <= mails[-1].uid

    def fetch(
        self, session: Session, batch: Sequence[RemoteMail], behind: Sequence[RemoteMail], size_limit: int
    ) -> list[FetchedMail | Unfetchable]:
        """Fetch a batch; a mail that the server failed at every time is given up. Raises MailboxUnavailable.

        `behind` are mails after them: only where another mail can be fetched, it is not the server that is to blame.
        """
        marks = [(session.uidvalidity, mail.uid) for mail in batch]
        if self._guilty.intersection(marks):
            return [_given_up(mail) for mail in batch]
        failures = self._failures[marks[-1]]
        is_last_chance = len(batch) == 1 and failures >= (FAILURES_OF_A_MAIL if behind else FAILURES_OF_A_LAST_MAIL)
        is_proven = is_last_chance and not behind
        try:
            if is_last_chance and behind:
                _get_another(session, behind, failures, size_limit)
                is_proven = True
            fetched = fetch(session, batch, size_limit)
            if refused := _those(batch, fetched, Unfetchable):
                if not is_proven:
                    given = _those(batch, fetched, FetchedMail)
                    _get_another(session, given or behind, failures, size_limit)
                fetched = _completed(batch, fetched, fetch(session, refused, size_limit))
        except MailboxUnavailable:
            self._failures.update(marks)
            self._guilty.update(marks if is_proven else ())
            raise
        for mark in marks:
            self._failures.pop(mark, None)
        return fetched


def _those(
    batch: Sequence[RemoteMail], fetched: Sequence[FetchedMail | Unfetchable], kind: type[FetchedMail | Unfetchable]
) -> list[RemoteMail]:
    """Return the mails of a batch of which this came."""
    uids = {one.uid for one in fetched if isinstance(one, kind)}
    return [mail for mail in batch if mail.uid in uids]


def _completed(
    batch: Sequence[RemoteMail],
    fetched: Sequence[FetchedMail | Unfetchable],
    again: Sequence[FetchedMail | Unfetchable],
) -> list[FetchedMail | Unfetchable]:
    """Return what came of a batch, where what was refused at first was asked for again."""
    found = {one.uid: one for one in fetched if isinstance(one, FetchedMail)} | {one.uid: one for one in again}
    return [found[mail.uid] for mail in batch if mail.uid in found]


def _get_another(session: Session, others: Sequence[RemoteMail], failures: int, size_limit: int) -> None:
    """Fetch another mail, a different one after each failure: it may be broken as well.

    Raises MailboxUnavailable, also where there is none, or it is refused.
    """
    witness = [others[-1 - failures % len(others)]] if others else []
    if not any(isinstance(one, FetchedMail) for one in fetch(session, witness, size_limit)):
        raise MailboxUnavailable("the server refuses to give mails")


def _given_up(mail: RemoteMail) -> Unfetchable:
    problem = "the connection broke whenever this mail was fetched, and under no other"
    return Unfetchable(mail.uid, mail.size, mail.received_at, problem)
