"""The quarantine: mails set aside for a person, with the stage that met them and what was wrong."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, func, select, update

from mailgateway.desk.plan import Disposition
from mailgateway.desk.quarantine.decision import Decision, Order
from mailgateway.desk.quarantine.entry import Entry
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.lookup import possible_ids
from mailgateway.store.tables.tickets import SpoolRow

LARGEST_HEADER = 262_144
"""So much is kept of a mail of which only the header was fetched, at most."""


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


def count(tx: Transaction) -> int:
    """Count what is set aside."""
    found = select(func.count()).select_from(SpoolRow).where(SpoolRow.state == SpoolState.QUARANTINED)
    return tx.connection.execute(found).scalar_one()


def entries(tx: Transaction, ids: Collection[int]) -> tuple[Entry, ...]:
    """Return mails of the spool as the core decides about them, set aside or not."""
    found = select(
        SpoolRow.id,
        SpoolRow.state,
        SpoolRow.disposition,
        SpoolRow.ticket,
        SpoolRow.error,
        SpoolRow.decided_by,
        SpoolRow.asked_by,
        SpoolRow.sha256,
        SpoolRow.size,
        SpoolRow.headers_only,
    ).where(SpoolRow.id.in_(possible_ids(ids)))
    return tuple(
        Entry(
            id=number,
            is_aside=state is SpoolState.QUARANTINED,
            is_waiting=state is SpoolState.WAITING,
            outcome="" if disposition is None else disposition.value,
            ticket=ticket,
            error=error,
            decided_by=decided_by,
            asked_by=asked_by,
            sha256=sha256,
            kept=min(size, LARGEST_HEADER) if headers_only else size,
        )
        for (
            number,
            state,
            disposition,
            ticket,
            error,
            decided_by,
            asked_by,
            sha256,
            size,
            headers_only,
        ) in tx.connection.execute(found)
    )


def decide(
    tx: Transaction, decisions: Sequence[Decision], by: str, now: datetime, asked_by: int | None = None
) -> frozenset[int]:
    """Carry out what a person decides about mails that are set aside; return those that were, and are no more.

    What is to be filed waits again as if it were new, but no rule sets it aside again. What is dropped ends without a
    ticket; the ledger keeps it. `asked_by` is the mail that ordered it, by its number in the spool: what a mail, or one
    that came after it, has decided once it does not decide again.
    """
    done: set[int] = set()
    for order in Order:
        ids = possible_ids(decision.entry for decision in decisions if decision.order is order)
        if ids:
            change = update(SpoolRow).where(SpoolRow.id.in_(ids), SpoolRow.state == SpoolState.QUARANTINED)
            values = {**_decided(order, by, now), "decided_by": by}
            if asked_by is not None:
                change = change.where(SpoolRow.asked_by < asked_by)
                values["asked_by"] = asked_by
            done.update(tx.connection.execute(change.values(**values).returning(SpoolRow.id)).scalars())
    return frozenset(done)


def _decided(order: Order, by: str, now: datetime) -> Mapping[str, Any]:
    if order is Order.DROP:
        return {
            "state": SpoolState.FINISHED,
            "disposition": Disposition.DISCARDED,
            "reason": f"discarded by {by}",
            "ended_at": now,
        }
    return {
        "state": SpoolState.WAITING,
        "disposition": None,
        "released": True,
        "as_is": order is Order.TICKET,
        "attempts": 0,
        "ended_at": None,
    }


def _lines(tx: Transaction, found: Executable) -> tuple[Quarantined, ...]:
    return tuple(Quarantined(*row) for row in tx.connection.execute(found))
