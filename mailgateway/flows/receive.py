"""From the mailbox to the spool: fetch what is new, commit it, and only then let the server forget it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgateway import log
from mailgateway.errors import MailboxUnavailable
from mailgateway.imap.fetch import FetchedMail, RemoteMail, Unfetchable, batches, fetch, new_mails
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Settlement, settle
from mailgateway.store import spool
from mailgateway.store.engine import Store
from mailgateway.store.spool import Arrival

BATCH_MAILS = 50
BATCH_BYTES = 8_000_000
BREAKS_OF_A_BATCH = 2
BREAKS_OF_A_MAIL = 5

_log = log.logger("receive")


@dataclass(frozen=True, slots=True)
class Source:
    """A mailbox as the flows see it: its name, what is too large for it, and what becomes of mails that are done."""

    mailbox: str
    size_limit: int
    processed: Settlement
    quarantined: Settlement


class Suspects:
    """Mails during whose fetch the connection broke, and how often: one that always breaks it must stop no other."""

    def __init__(self) -> None:
        self._breaks: Counter[tuple[int, int]] = Counter()

    def batch_size(self) -> int:
        """Return how many mails to fetch at once: singly, once a batch broke the connection repeatedly."""
        return 1 if any(count >= BREAKS_OF_A_BATCH for count in self._breaks.values()) else BATCH_MAILS

    def fetch(self, session: Session, batch: Sequence[RemoteMail], size_limit: int) -> list[FetchedMail | Unfetchable]:
        """Fetch a batch; a mail that broke the connection every time is given up. Raises MailboxUnavailable."""
        marks = [(session.uidvalidity, mail.uid) for mail in batch]
        if len(batch) == 1 and self._breaks[marks[0]] >= BREAKS_OF_A_MAIL:
            (mail,) = batch
            problem = f"the connection broke {self._breaks.pop(marks[0])} times while this mail was fetched"
            return [Unfetchable(mail.uid, mail.size, mail.received_at, problem)]
        try:
            fetched = fetch(session, batch, size_limit)
        except MailboxUnavailable:
            self._breaks.update(marks)
            raise
        for mark in marks:
            self._breaks.pop(mark, None)
        return fetched


def receive(
    session: Session, source: Source, store: Store, clock: Callable[[], datetime], suspects: Suspects
) -> Iterator[int]:
    """Spool everything above the highest UID of the ledger; yield the number of new mails after each commit."""
    with store.reading() as tx:
        above = spool.highest_uid(tx, source.mailbox, session.folder, session.uidvalidity)
    for batch in batches(new_mails(session, above), suspects.batch_size(), BATCH_BYTES):
        fetched = suspects.fetch(session, batch, source.size_limit)
        now = clock()
        arrivals = [_arrival(source, session, mail, now) for mail in fetched]
        with store.writing() as tx:
            new = spool.put(tx, arrivals, now)
        _log.info("receive.spooled", mailbox=source.mailbox, mails=len(new), up_to_uid=batch[-1].uid)
        yield len(new)


def settle_outcomes(session: Session, source: Source, store: Store, clock: Callable[[], datetime]) -> int:
    """Move, flag or delete on the server what has an outcome; return how many. Doing it again does no harm."""
    done = 0
    while True:
        with store.reading() as tx:
            unsettled = spool.unsettled(tx, source.mailbox, session.folder, session.uidvalidity, BATCH_MAILS)
        if not unsettled:
            return done
        for quarantined, action in ((False, source.processed), (True, source.quarantined)):
            uids = [entry.uid for entry in unsettled if entry.quarantined is quarantined]
            if uids:
                settle(session, uids, action)
        with store.writing() as tx:
            spool.settled(tx, [entry.spool_id for entry in unsettled], clock())
        done += len(unsettled)


def _arrival(source: Source, session: Session, mail: FetchedMail | Unfetchable, now: datetime) -> Arrival:
    return Arrival(
        mailbox=source.mailbox,
        folder=session.folder,
        uidvalidity=session.uidvalidity,
        uid=mail.uid,
        received_at=mail.received_at or now,
        size=mail.size,
        raw=mail.raw if isinstance(mail, FetchedMail) else b"",
        headers_only=mail.headers_only if isinstance(mail, FetchedMail) else False,
        problem=mail.problem if isinstance(mail, Unfetchable) else "",
    )
