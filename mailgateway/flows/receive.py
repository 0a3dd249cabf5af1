"""From the mailbox to the spool: fetch what is new, commit it, and only then let the server forget it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from mailgateway import log
from mailgateway.imap.fetch import FetchedMail, Unfetchable, batches, fetch, new_mails
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Settlement, settle
from mailgateway.store import spool
from mailgateway.store.engine import Store
from mailgateway.store.spool import Arrival

BATCH_MAILS = 50
BATCH_BYTES = 8_000_000

_log = log.logger("receive")


@dataclass(frozen=True, slots=True)
class Source:
    """A mailbox as the flows see it: its name, what is too large for it, and what becomes of mails that are done."""

    mailbox: str
    size_limit: int
    processed: Settlement
    quarantined: Settlement


def receive(session: Session, source: Source, store: Store, clock: Callable[[], datetime]) -> Iterator[int]:
    """Spool everything above the highest UID of the ledger; yield the number of new mails after each commit."""
    with store.reading() as tx:
        above = spool.highest_uid(tx, source.mailbox, session.folder, session.uidvalidity)
    for batch in batches(new_mails(session, above), BATCH_MAILS, BATCH_BYTES):
        fetched = fetch(session, batch, source.size_limit)
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
