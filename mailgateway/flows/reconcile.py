"""The proof that no mail was lost: every UID that the server has, or the ledger had, beside its one outcome."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgateway.desk.first_run import EVER, Fate, FirstSight
from mailgateway.imap.fetch import all_uids, measured
from mailgateway.imap.session import Session
from mailgateway.store.engine import Store
from mailgateway.store.incoming import first_sights, ledger

MISSING, NOT_FETCHED, WAITING, LEFT_ALONE = "missing", "not_fetched", "waiting", "left_alone"


@dataclass(frozen=True, slots=True)
class Line:
    """One mail of a mailbox. `outcome` is its disposition; or `waiting` in the spool; or, where the ledger knows
    nothing of it, `left_alone` (it lay there before the first run), `not_fetched` (still to come) or `missing`.
    """

    mailbox: str
    uidvalidity: int
    uid: int
    on_server: bool
    outcome: str
    ticket: int | None
    settled: bool

    @property
    def has_outcome(self) -> bool:
        """Tell whether this mail came to its end."""
        return self.outcome not in (MISSING, NOT_FETCHED, WAITING)


def reconcile(session: Session, mailbox: str, store: Store) -> Iterator[Line]:
    """Walk over every mail that the folder holds or the ledger ever accepted from it, by UID."""
    on_server = all_uids(session)
    with store.reading() as tx:
        for validity in sorted({*ledger.uidvalidities(tx, mailbox, session.folder), session.uidvalidity}):
            there = on_server if validity == session.uidvalidity else frozenset()
            seen: set[int] = set()
            for entry in ledger.outcomes(tx, mailbox, session.folder, validity):
                seen.add(entry.uid)
                outcome = str(entry.disposition or entry.state)
                on_server_now = entry.uid in there
                yield Line(mailbox, validity, entry.uid, on_server_now, outcome, entry.ticket, entry.settled)
            sight = first_sights.read(tx, mailbox, session.folder, validity)
            for uid, outcome in _unknown(session, sorted(there - seen), seen, sight):
                yield Line(mailbox, validity, uid, on_server=True, outcome=outcome, ticket=None, settled=False)


def _unknown(
    session: Session, uids: Sequence[int], seen: Collection[int], sight: FirstSight | None
) -> Iterator[tuple[int, str]]:
    """Say what it means that the ledger does not know these mails. Old mails and new ones are each taken in order."""
    border = sight.uid_next if sight is not None else 0
    newest, newest_old = max(seen, default=0), max((uid for uid in seen if uid < border), default=0)
    old = [uid for uid in uids if uid < border]
    if sight is not None and old:
        for uid, received_at in _times(session, old, sight):
            if sight.fate(uid, received_at) is Fate.LEFT:
                yield uid, LEFT_ALONE
            else:
                yield uid, MISSING if sight.is_done or uid < newest_old else NOT_FETCHED
    for uid in uids[len(old) :]:
        yield uid, MISSING if uid < newest else NOT_FETCHED


def _times(session: Session, uids: Sequence[int], sight: FirstSight) -> Iterator[tuple[int, datetime | None]]:
    """Give these mails with the time that they arrived, where anything follows from it."""
    if sight.taken_from in (None, EVER):
        return ((uid, None) for uid in uids)
    return ((mail.uid, mail.received_at) for mail in measured(session, uids))
