"""Back to the mailbox: what has its outcome is moved, flagged or deleted on the server."""

from collections.abc import Sequence

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

_ENOUGH_REFUSALS = 2
"""So many refused one after the other, and nothing done: it is no single mail that the server cannot settle."""

_log = log.logger("receive")


def settle_outcomes(session: Session, source: Source, desk: Desk) -> None:
    """Move, flag or delete on the server what has an outcome, the newest first. Doing it again does no harm.

    What the server refuses (no room, no right to make a folder, a mail that it cannot read) is logged, beaten and tried
    again the next time: it must keep neither new mails from being filed nor others from being settled.
    """
    below: int | None = None
    refusals: list[str] = []
    while unsettled := _unsettled(session, source, desk, below):
        below = unsettled[-1].uid
        done = _settle(session, source, unsettled, refusals)
        if not done:
            break
        with desk.store.writing() as tx:
            ledger.settled(tx, [entry.spool_id for entry in done], desk.clock())
    if refusals:
        _log.warning("receive.not_settled", mailbox=source.mailbox, why=refusals[0])
    if below is not None:
        beat_sparingly(desk, settling(source.mailbox), refusals[0] if refusals else None)


def _unsettled(session: Session, source: Source, desk: Desk, below: int | None) -> tuple[Unsettled, ...]:
    with desk.store.reading() as tx:
        return ledger.unsettled(tx, source.mailbox, session.folder, session.uidvalidity, BATCH_MAILS, below)


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
