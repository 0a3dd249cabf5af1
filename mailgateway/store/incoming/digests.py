"""Digests of the quarantine: which mails the admin was told of, when, and in which mail."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Executable, func, insert, select, update

from mailgateway.desk.quarantine.digest import Listed
from mailgateway.desk.quarantine.entry import Digest
from mailgateway.store.engine import Transaction
from mailgateway.store.hosts.turns import take_turn
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.gateway import DigestEntryRow, DigestRow
from mailgateway.store.tables.lookup import possible_ids
from mailgateway.store.tables.tickets import SpoolRow

_LISTED = select(
    SpoolRow.id,
    SpoolRow.mailbox,
    SpoolRow.subject,
    SpoolRow.sender,
    SpoolRow.size,
    SpoolRow.stage,
    SpoolRow.error,
    SpoolRow.ended_at,
    SpoolRow.told_at,
).where(SpoolRow.state == SpoolState.QUARANTINED, SpoolRow.backfill.is_(False))


def last(tx: Transaction) -> datetime | None:
    """Return when the last digest was made; hosts that ask wait for each other until the transaction ends."""
    take_turn(tx, "digests")
    return tx.connection.execute(select(func.max(DigestRow.at))).scalar()


def waiting(tx: Transaction, most: int) -> tuple[Listed, ...]:
    """Return what is set aside: the oldest of what was never told, and what was told longest ago, `most` of each."""
    untold = _LISTED.where(SpoolRow.told_at.is_(None)).order_by(SpoolRow.id).limit(most)
    told = _LISTED.where(SpoolRow.told_at.is_not(None)).order_by(SpoolRow.told_at, SpoolRow.id).limit(most)
    return (*_listed(tx, untold), *_listed(tx, told))


def make(tx: Transaction, entries: Sequence[int], now: datetime) -> Digest:
    """Write down that the admin is told of these mails; return the digest with its number."""
    number = tx.connection.execute(insert(DigestRow).values(at=now).returning(DigestRow.id)).scalar_one()
    tx.connection.execute(insert(DigestEntryRow), [{"digest": number, "spool_id": one} for one in entries])
    tx.connection.execute(update(SpoolRow).where(SpoolRow.id.in_(entries)).values(told_at=now))
    return Digest(number, now, tuple(entries))


def read(tx: Transaction, numbers: Collection[int]) -> tuple[Digest, ...]:
    """Return those of these digests that there are."""
    wanted = possible_ids(numbers)
    if not wanted:
        return ()
    found = select(DigestEntryRow.digest, DigestEntryRow.spool_id).where(DigestEntryRow.digest.in_(wanted))
    entries: dict[int, list[int]] = defaultdict(list)
    for number, entry in tx.connection.execute(found.order_by(DigestEntryRow.spool_id)):
        entries[number].append(entry)
    made = select(DigestRow.id, DigestRow.at).where(DigestRow.id.in_(wanted)).order_by(DigestRow.id)
    return tuple(Digest(number, at, tuple(entries[number])) for number, at in tx.connection.execute(made))


def _listed(tx: Transaction, found: Executable) -> tuple[Listed, ...]:
    return tuple(Listed(*row) for row in tx.connection.execute(found))
