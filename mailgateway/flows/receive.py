"""From the mailbox to the spool: fetch what is new, and commit it. Only then may the server forget it.

What lay in a folder before it was first seen is told apart by a watermark (`first_sight`), never by flags.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from mailgateway import log
from mailgateway.desk.as_json import instant
from mailgateway.desk.first_run import EVER, SERVE_ALL, Fate, FirstRun, FirstSight, first_seen, known_before, seen_anew
from mailgateway.flows.desk import Desk
from mailgateway.flows.suspects import Suspects
from mailgateway.imap.fetch import FetchedMail, RemoteMail, Unfetchable, batches, new_mails, next_uid
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Settlement
from mailgateway.store.incoming import first_sights, ledger, spool
from mailgateway.store.incoming.spool import BATCH_BYTES, Arrival

WINDOW = 500
"""So many mails are known by size and time at once, however many there are."""

_log = log.logger("receive")


@dataclass(frozen=True, slots=True)
class Source:
    """A mailbox as the flows see it: its name, what is too large for it, and what becomes of mails that are done.

    `first_run` says what becomes of those that lie there when it is first looked into.
    """

    mailbox: str
    size_limit: int
    processed: Settlement
    quarantined: Settlement
    first_run: FirstRun = SERVE_ALL


@dataclass(frozen=True, slots=True)
class Visit:
    """One folder, open, with all that receiving from it needs. `sight` tells old mail from new."""

    session: Session
    source: Source
    desk: Desk
    suspects: Suspects
    sight: FirstSight


def first_sight(session: Session, source: Source, desk: Desk) -> FirstSight:
    """Return what lay in the folder when it was first seen; at first sight it is written down, before all else."""
    mailbox, folder, uidvalidity = source.mailbox, session.folder, session.uidvalidity
    with desk.store.reading() as tx:
        known = first_sights.read(tx, mailbox, folder, uidvalidity)
        before = first_sights.first(tx, mailbox, folder) if known is None else None
        taken = ledger.highest_uid(tx, mailbox, folder, uidvalidity) if known is None else 0
        is_in_ledger = known is None and before is None and first_sights.is_in_ledger(tx, mailbox, folder)
    if known is not None:
        return known
    now, uid_next = desk.clock(), next_uid(session)
    if before is not None:
        sight = seen_anew(before, uid_next)
    elif is_in_ledger:
        sight = known_before(now, taken, uid_next)
    else:
        sight = first_seen(source.first_run, now, uid_next)
    with desk.store.writing() as tx:
        sight = first_sights.keep(tx, mailbox, folder, uidvalidity, sight)
    taken_from = instant(sight.taken_from)
    _log.info("receive.first_seen", mailbox=mailbox, folder=folder, uid_next=uid_next, taken_from=taken_from)
    return sight


def receive(visit: Visit) -> Iterator[int]:
    """Spool everything that came since the folder was first seen; yield the number of new mails after each commit."""
    session, mailbox = visit.session, visit.source.mailbox
    with visit.desk.store.reading() as tx:
        above = ledger.highest_uid(tx, mailbox, session.folder, session.uidvalidity)
    above = max(above, visit.sight.uid_next - 1)
    yield from _fetched(visit, above, new_mails(session, above))


def receive_old(visit: Visit) -> Iterator[int]:
    """Spool what lay in the folder before, as far as the policy wants it; it goes on where it was left."""
    session, sight, mailbox = visit.session, visit.sight, visit.source.mailbox
    if sight.is_done:
        return
    with visit.desk.store.reading() as tx:
        above = first_sights.highest_uid_below(tx, mailbox, session.folder, session.uidvalidity, sight.uid_next)
    since = None if sight.taken_from == EVER else sight.taken_from
    mails = new_mails(session, above, sight.uid_next, since)
    wanted = (mail for mail in mails if sight.fate(mail.uid, mail.received_at) is not Fate.LEFT)
    yield from _fetched(visit, above, wanted)
    with visit.desk.store.writing() as tx:
        first_sights.done(tx, mailbox, session.folder, session.uidvalidity)
    _log.info("receive.old_taken", mailbox=mailbox, folder=session.folder)


def _fetched(visit: Visit, above: int, mails: Iterator[RemoteMail]) -> Iterator[int]:
    session, suspects = visit.session, visit.suspects
    window = list(islice(mails, WINDOW))
    while window:
        ahead = next(mails, None)
        done = 0
        for batch in batches(window, suspects.batch_size(session, window, above), BATCH_BYTES):
            done += len(batch)
            behind = [*window[done:], *([ahead] if ahead else [])]
            yield _spool(visit, suspects.fetch(session, batch, behind, visit.source.size_limit))
        above = window[-1].uid
        window = list(islice(chain([ahead] if ahead else [], mails), WINDOW))


def _spool(visit: Visit, fetched: Sequence[FetchedMail | Unfetchable]) -> int:
    desk, mailbox = visit.desk, visit.source.mailbox
    now = desk.clock()
    arrivals = [_arrival(visit, mail, now) for mail in fetched]
    with desk.store.writing() as tx:
        new = spool.put(tx, arrivals, now)
    timed = [mail for mail, arrival in zip(fetched, arrivals, strict=True) if not arrival.backfill]
    waits = [max(now - mail.received_at, timedelta(0)) for mail in timed if mail.received_at is not None]
    if new:
        desk.observer().spooled(mailbox, len(new), waits)
    last = max((mail.uid for mail in fetched), default=None)
    _log.info("receive.spooled", mailbox=mailbox, mails=len(new), up_to_uid=last)
    return len(new)


def _arrival(visit: Visit, mail: FetchedMail | Unfetchable, now: datetime) -> Arrival:
    return Arrival(
        mailbox=visit.source.mailbox,
        folder=visit.session.folder,
        uidvalidity=visit.session.uidvalidity,
        uid=mail.uid,
        received_at=mail.received_at or now,
        size=mail.size,
        raw=mail.raw if isinstance(mail, FetchedMail) else b"",
        headers_only=mail.headers_only if isinstance(mail, FetchedMail) else False,
        problem=mail.problem if isinstance(mail, Unfetchable) else "",
        backfill=visit.sight.fate(mail.uid, mail.received_at) is Fate.FILED,
    )
