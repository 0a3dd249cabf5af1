"""The quarantine: mails set aside for a person, with the stage that met them and what was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, select, update

from mailgateway.desk.plan import Disposition
from mailgateway.store.base import SpoolState
from mailgateway.store.engine import Transaction
from mailgateway.store.lookup import possible_ids
from mailgateway.store.tables import SpoolRow


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A mail set aside. `subject` and `sender` are cut, and empty where its header tells none."""

    id: int
    mailbox: str
    uid: int | None
    message_id: str
    subject: str
    sender: str
    size: int
    stage: str
    error: str
    at: datetime


_LINES = (
    select(
        SpoolRow.id,
        SpoolRow.mailbox,
        SpoolRow.uid,
        SpoolRow.message_id,
        SpoolRow.subject,
        SpoolRow.sender,
        SpoolRow.size,
        SpoolRow.stage,
        SpoolRow.error,
        SpoolRow.ended_at,
    )
    .where(SpoolRow.state == SpoolState.QUARANTINED)
    .order_by(SpoolRow.id.desc())
)


def listed(tx: Transaction, limit: int) -> tuple[Quarantined, ...]:
    """Return what is set aside, newest first; `limit` 0 gives all of it."""
    return _lines(tx, _LINES.limit(limit or None))


def read(tx: Transaction, ids: Sequence[int]) -> tuple[Quarantined, ...]:
    """Return those of these mails that are set aside, newest first."""
    return _lines(tx, _LINES.where(SpoolRow.id.in_(possible_ids(ids))))


def replay(tx: Transaction, ids: Sequence[int]) -> int:
    """Let mails wait again as if they were new, but released: no rule sets them aside again. Return how many."""
    again = _among(ids).values(state=SpoolState.WAITING, disposition=None, released=True, attempts=0, ended_at=None)
    return tx.connection.execute(again).rowcount


def discard(tx: Transaction, ids: Sequence[int], now: datetime) -> int:
    """End mails without a ticket; the ledger keeps them. Return how many."""
    values = {"state": SpoolState.FINISHED, "disposition": Disposition.DISCARDED, "reason": "discarded by hand"}
    return tx.connection.execute(_among(ids).values(**values, ended_at=now)).rowcount


def untold(tx: Transaction) -> tuple[Quarantined, ...]:
    """Return what the admin was not told of, newest first."""
    return _lines(tx, _LINES.where(SpoolRow.told_at.is_(None)))


def told(tx: Transaction, ids: Sequence[int], now: datetime) -> frozenset[int]:
    """Write down that the admin is told of these; return those that nobody else has told meanwhile."""
    untold = update(SpoolRow).where(SpoolRow.id.in_(ids), SpoolRow.told_at.is_(None))
    return frozenset(tx.connection.execute(untold.values(told_at=now).returning(SpoolRow.id)).scalars())


def _among(ids: Sequence[int]) -> Any:
    return update(SpoolRow).where(SpoolRow.id.in_(possible_ids(ids)), SpoolRow.state == SpoolState.QUARANTINED)


def _lines(tx: Transaction, found: Executable) -> tuple[Quarantined, ...]:
    return tuple(Quarantined(*row) for row in tx.connection.execute(found))
