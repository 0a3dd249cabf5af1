"""Back to the mailbox: what has its outcome is moved, flagged or deleted on the server."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mailgateway import log
from mailgateway.errors import FolderMissing
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import beat_sparingly, settling
from mailgateway.flows.receive import Source
from mailgateway.imap.errors import CommandRefused
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Settlement, settle
from mailgateway.store.incoming import ledger
from mailgateway.store.incoming.ledger import Unsettled
from mailgateway.store.incoming.spool import BATCH_MAILS

TRY_AGAIN_AFTER = timedelta(seconds=50)
"""A little less than mailboxes are polled by, so that what was refused is tried with each poll, and not in between."""

_ENOUGH_REFUSALS = 2
"""So many refused one after the other, and nothing done: it is no single mail that the server cannot settle."""

_log = log.logger("receive")


class Refused:
    """What the server refused to settle over one connection: mails up to a UID are left alone for a while."""

    def __init__(self) -> None:
        """Begin with nothing refused."""
        self._up_to = 0
        self._at: datetime | None = None

    def above(self, now: datetime) -> int:
        """Return the UID above which mails are to be settled."""
        is_left_alone = self._at is not None and timedelta(0) <= now - self._at < TRY_AGAIN_AFTER
        return self._up_to if is_left_alone else 0

    def again(self, above: int, up_to: int, now: datetime) -> bool:
        """Take note that of the mails between two UIDs some were refused; tell whether that is news."""
        is_news = self._at is None
        if not above:
            self._at = now
        self._up_to = up_to
        return is_news

    def no_longer(self) -> bool:
        """Take note that everything could be settled; tell whether that is news."""
        is_news = self._at is not None
        self._up_to, self._at = 0, None
        return is_news


def settle_outcomes(session: Session, source: Source, desk: Desk, refused: Refused) -> None:
    """Move, flag or delete on the server what has an outcome, the newest first. Doing it again does no harm.

    What the server refuses (no room, no right to make a folder, a mail that it cannot read) is beaten, and tried again
    after a while: it must keep neither new mails from being filed nor others from being settled. It is logged once.
    """
    above = refused.above(desk.clock())
    up_to, below = above, None
    refusals: list[str] = []
    while unsettled := _unsettled(session, source, desk, above, below):
        up_to, below = max(up_to, unsettled[0].uid), unsettled[-1].uid
        done = _settle(session, source, unsettled, refusals)
        if not done:
            break
        with desk.store.writing() as tx:
            ledger.settled(tx, [entry.spool_id for entry in done], desk.clock())
    if refusals:
        if refused.again(above, up_to, desk.clock()):
            _log.warning("receive.not_settled", mailbox=source.mailbox, why=refusals[0])
        beat_sparingly(desk, settling(source.mailbox), refusals[0])
    elif below is not None and not above:
        if refused.no_longer():
            _log.info("receive.settled_again", mailbox=source.mailbox)
        beat_sparingly(desk, settling(source.mailbox), None)


def _unsettled(session: Session, source: Source, desk: Desk, above: int, below: int | None) -> tuple[Unsettled, ...]:
    with desk.store.reading() as tx:
        folder = source.mailbox, session.folder, session.uidvalidity
        return ledger.unsettled(tx, *folder, BATCH_MAILS, below=below, above=above)


def _settle(session: Session, source: Source, unsettled: Sequence[Unsettled], refusals: list[str]) -> list[Unsettled]:
    """Return what was settled; what the server says to the rest is put to the `refusals`."""
    done: list[Unsettled] = []
    for quarantined, action in ((False, source.processed), (True, source.quarantined)):
        entries = [entry for entry in unsettled if entry.quarantined is quarantined]
        refusal = _refusal(session, entries, action)
        if refusal:
            refusals.append(refusal)
        done += _one_by_one(session, entries, action) if refusal else entries
    return done


def _one_by_one(session: Session, entries: Sequence[Unsettled], action: Settlement) -> list[Unsettled]:
    """Return what could be settled of mails that were refused together."""
    done: list[Unsettled] = []
    for tried, entry in enumerate(entries):
        if tried == _ENOUGH_REFUSALS and not done:
            break
        if not _refusal(session, [entry], action):
            done.append(entry)
    return done


def _refusal(session: Session, entries: Sequence[Unsettled], action: Settlement) -> str:
    """Settle mails; return why the server refuses it, "" where it does not."""
    try:
        settle(session, sorted(entry.uid for entry in entries), action)
    except (CommandRefused, FolderMissing) as refusal:
        return str(refusal)
    return ""
