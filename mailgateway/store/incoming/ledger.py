"""The ledger: what was ever accepted from the folders of a server, what became of it, and what the server knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from mailgateway.desk.plan import Disposition
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.tickets import SpoolRow


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A mail with an outcome that the server does not know of yet."""

    spool_id: int
    uid: int
    quarantined: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the mail with this UID; no disposition while it waits."""

    uid: int
    state: SpoolState
    disposition: Disposition | None
    ticket: int | None
    settled: bool


def highest_uid(tx: Transaction, mailbox: str, folder: str, uidvalidity: int) -> int:
    """Return the highest UID that the ledger has of a folder, 0 where it has none."""
    highest = select(func.max(SpoolRow.uid)).where(*_of(mailbox, folder, uidvalidity))
    return tx.connection.execute(highest).scalar() or 0


def unsettled(
    tx: Transaction, mailbox: str, folder: str, uidvalidity: int, limit: int, below: int | None = None, above: int = 0
) -> tuple[Unsettled, ...]:
    """Return mails of a folder that have an outcome and are not settled on the server, the newest first.

    With `below` only those with a lower UID, with `above` only those with a higher one.
    """
    found = (
        select(SpoolRow.id, SpoolRow.uid, SpoolRow.state)
        .where(*_of(mailbox, folder, uidvalidity), SpoolRow.settled_at.is_(None), SpoolRow.uid.is_not(None))
        .where(SpoolRow.state != SpoolState.WAITING, SpoolRow.uid > above)
        .order_by(SpoolRow.uid.desc())
        .limit(limit)
    )
    if below is not None:
        found = found.where(SpoolRow.uid < below)
    return tuple(
        Unsettled(spool_id, uid, state is SpoolState.QUARANTINED)
        for spool_id, uid, state in tx.connection.execute(found)
        if uid is not None
    )


def settled(tx: Transaction, spool_ids: Sequence[int], now: datetime) -> None:
    """Write down that the server knows of these outcomes."""
    tx.connection.execute(update(SpoolRow).where(SpoolRow.id.in_(spool_ids)).values(settled_at=now))


def outcomes(tx: Transaction, mailbox: str, folder: str, uidvalidity: int) -> Iterator[Outcome]:
    """Walk over everything that was ever accepted from a folder, by UID."""
    found = (
        select(SpoolRow.uid, SpoolRow.state, SpoolRow.disposition, SpoolRow.ticket, SpoolRow.settled_at)
        .where(*_of(mailbox, folder, uidvalidity), SpoolRow.uid.is_not(None))
        .order_by(SpoolRow.uid)
        .execution_options(yield_per=1000)
    )
    for uid, state, disposition, ticket, settled_at in tx.connection.execute(found):
        if uid is not None:
            yield Outcome(uid, state, disposition, ticket, settled_at is not None)


def uidvalidities(tx: Transaction, mailbox: str, folder: str) -> tuple[int, ...]:
    """Return every UIDVALIDITY under which mails of a folder were accepted."""
    found = (
        select(SpoolRow.uidvalidity)
        .where(SpoolRow.mailbox == mailbox, SpoolRow.folder == folder, SpoolRow.uidvalidity.is_not(None))
        .distinct()
        .order_by(SpoolRow.uidvalidity)
    )
    return tuple(validity for validity in tx.connection.execute(found).scalars() if validity is not None)


def _of(mailbox: str, folder: str, uidvalidity: int) -> tuple[Any, ...]:
    return SpoolRow.mailbox == mailbox, SpoolRow.folder == folder, SpoolRow.uidvalidity == uidvalidity
