"""From the mailbox to the spool: fetch what is new, commit it, and only then let the server forget it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgateway import log
from mailgateway.errors import FolderMissing, MailboxUnavailable
from mailgateway.flows.beats import beat, settling
from mailgateway.flows.desk import Desk
from mailgateway.imap.errors import CommandRefused
from mailgateway.imap.fetch import FetchedMail, RemoteMail, Unfetchable, batches, fetch, new_mails
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Settlement, settle
from mailgateway.store.incoming import spool
from mailgateway.store.incoming.spool import BATCH_BYTES, BATCH_MAILS, Arrival, Unsettled

BREAKS_OF_A_BATCH = 2
BREAKS_OF_A_MAIL = 5
BREAKS_OF_A_LAST_MAIL = 10
"""More, as no mail behind it can tell whether the server is to blame, and none is held up."""

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
        self._guilty: set[tuple[int, int]] = set()

    @property
    def total(self) -> int:
        """How often a connection broke under mails that have not come yet."""
        return self._breaks.total()

    def batch_size(self, session: Session, mails: Iterable[RemoteMail]) -> int:
        """Return how many of these mails to fetch at once: singly, once a batch of them broke connections repeatedly.

        Mails that are no longer among them are forgotten.
        """
        there = {(session.uidvalidity, mail.uid) for mail in mails}
        self._breaks = Counter({mark: count for mark, count in self._breaks.items() if mark in there})
        self._guilty &= there
        return 1 if any(count >= BREAKS_OF_A_BATCH for count in self._breaks.values()) else BATCH_MAILS

    def fetch(
        self, session: Session, batch: Sequence[RemoteMail], behind: RemoteMail | None, size_limit: int
    ) -> list[FetchedMail | Unfetchable]:
        """Fetch a batch; a mail that broke the connection every time is given up. Raises MailboxUnavailable.

        `behind` is the mail after them: only where that can be fetched, it is not the server that is to blame.
        """
        marks = [(session.uidvalidity, mail.uid) for mail in batch]
        if self._guilty.intersection(marks):
            return [_given_up(mail) for mail in batch]
        limit = BREAKS_OF_A_MAIL if behind else BREAKS_OF_A_LAST_MAIL
        is_last_chance = len(batch) == 1 and self._breaks[marks[0]] >= limit
        if is_last_chance and behind:
            fetch(session, [behind], size_limit)
        try:
            fetched = fetch(session, batch, size_limit)
        except MailboxUnavailable:
            self._breaks.update(marks)
            self._guilty.update(marks if is_last_chance else ())
            raise
        for mark in marks:
            self._breaks.pop(mark, None)
        return fetched


def receive(session: Session, source: Source, desk: Desk, suspects: Suspects) -> Iterator[int]:
    """Spool everything above the highest UID of the ledger; yield the number of new mails after each commit."""
    with desk.store.reading() as tx:
        above = spool.highest_uid(tx, source.mailbox, session.folder, session.uidvalidity)
    mails = new_mails(session, above)
    done = 0
    for batch in batches(mails, suspects.batch_size(session, mails), BATCH_BYTES):
        done += len(batch)
        behind = mails[done] if done < len(mails) else None
        yield _spool(session, source, desk, suspects.fetch(session, batch, behind, source.size_limit))


def settle_outcomes(session: Session, source: Source, desk: Desk) -> None:
    """Move, flag or delete on the server what has an outcome. Doing it again does no harm.

    What the server refuses (no room, no right to make a folder) is logged, beaten and tried again the next time: it
    must not keep new mails from being filed.
    """
    while True:
        with desk.store.reading() as tx:
            unsettled = spool.unsettled(tx, source.mailbox, session.folder, session.uidvalidity, BATCH_MAILS)
        if not unsettled:
            return
        try:
            _settle(session, source, unsettled)
        except (CommandRefused, FolderMissing) as refusal:
            _log.warning("receive.not_settled", mailbox=source.mailbox, why=str(refusal))
            beat(desk, settling(source.mailbox), str(refusal))
            return
        with desk.store.writing() as tx:
            spool.settled(tx, [entry.spool_id for entry in unsettled], desk.clock())
        beat(desk, settling(source.mailbox), None)


def _spool(session: Session, source: Source, desk: Desk, fetched: Sequence[FetchedMail | Unfetchable]) -> int:
    now = desk.clock()
    with desk.store.writing() as tx:
        new = spool.put(tx, [_arrival(source, session, mail, now) for mail in fetched], now)
    waits = [max(now - mail.received_at, timedelta(0)) for mail in fetched if mail.received_at is not None]
    if new:
        desk.observer().spooled(source.mailbox, len(new), waits)
    last = max((mail.uid for mail in fetched), default=None)
    _log.info("receive.spooled", mailbox=source.mailbox, mails=len(new), up_to_uid=last)
    return len(new)


def _settle(session: Session, source: Source, unsettled: Sequence[Unsettled]) -> None:
    for quarantined, action in ((False, source.processed), (True, source.quarantined)):
        uids = [entry.uid for entry in unsettled if entry.quarantined is quarantined]
        if uids:
            settle(session, uids, action)


def _given_up(mail: RemoteMail) -> Unfetchable:
    problem = "the connection broke whenever this mail was fetched, and under no other"
    return Unfetchable(mail.uid, mail.size, mail.received_at, problem)


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
