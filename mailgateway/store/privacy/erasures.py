"""The record of erasures: that there was one, never of whom."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from mailgateway.store.engine import Transaction
from mailgateway.store.privacy.traces import Keys
from mailgateway.store.tables.privacy import ErasureRow


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure: by whom, when, how much went; `ended_at` is None for one that was cut off."""

    id: int
    by: str
    begun_at: datetime
    ended_at: datetime | None
    counts: Mapping[str, int]


def begin(tx: Transaction, whose: Keys, by: str, now: datetime) -> int:
    """Return the number of the erasure of these addresses that was cut off, or of a new one."""
    keys = sorted(whose.keys)
    cut_off = select(ErasureRow.id, ErasureRow.keys).where(ErasureRow.keys.is_not(None)).order_by(ErasureRow.id)
    for number, known in tx.connection.execute(cut_off).all():
        if known == keys:
            return int(number)
    values = {"by": by, "begun_at": now, "keys": keys, "counts": {}}
    return tx.connection.execute(insert(ErasureRow).values(**values).returning(ErasureRow.id)).scalar_one()


def add(tx: Transaction, erasure: int, counted: Mapping[str, int]) -> None:
    """Add to what an erasure has removed."""
    here = select(ErasureRow.counts).where(ErasureRow.id == erasure).with_for_update()
    counts = Counter(tx.connection.execute(here).scalar_one()) + Counter(counted)
    tx.connection.execute(update(ErasureRow).where(ErasureRow.id == erasure).values(counts=dict(counts)))


def end(tx: Transaction, erasure: int, now: datetime) -> Erasure:
    """Write down that an erasure is done; whom it was about is not known any more. Return it."""
    done = update(ErasureRow).where(ErasureRow.id == erasure).values(ended_at=now, keys=None)
    tx.connection.execute(done)
    (found,) = (one for one in listed(tx, 0) if one.id == erasure)
    return found


def listed(tx: Transaction, limit: int) -> tuple[Erasure, ...]:
    """Return the erasures, newest first; `limit` 0 gives all of them."""
    columns = (ErasureRow.id, ErasureRow.by, ErasureRow.begun_at, ErasureRow.ended_at, ErasureRow.counts)
    found = select(*columns).order_by(ErasureRow.id.desc()).limit(limit or None)
    return tuple(Erasure(*row) for row in tx.connection.execute(found))
