"""The proof that no mail was lost: every UID that the server has, or the ledger had, beside its one outcome."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailgateway.imap.fetch import all_uids
from mailgateway.imap.session import Session
from mailgateway.store.engine import Store
from mailgateway.store.incoming import spool

MISSING, NOT_FETCHED, WAITING = "missing", "not_fetched", "waiting"


@dataclass(frozen=True, slots=True)
class Line:
    """One mail of a mailbox. `outcome` is its disposition; or `waiting` in the spool; or, where the ledger knows
    nothing of it, `not_fetched` (newer than all that was fetched) or `missing`.
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
        for validity in sorted({*spool.uidvalidities(tx, mailbox, session.folder), session.uidvalidity}):
            there = on_server if validity == session.uidvalidity else frozenset()
            seen: set[int] = set()
            for entry in spool.outcomes(tx, mailbox, session.folder, validity):
                seen.add(entry.uid)
                outcome = str(entry.disposition or entry.state)
                on_server_now = entry.uid in there
                yield Line(mailbox, validity, entry.uid, on_server_now, outcome, entry.ticket, entry.settled)
            newest = max(seen, default=0)
            for uid in sorted(there - seen):
                outcome = MISSING if uid < newest else NOT_FETCHED
                yield Line(mailbox, validity, uid, on_server=True, outcome=outcome, ticket=None, settled=False)
