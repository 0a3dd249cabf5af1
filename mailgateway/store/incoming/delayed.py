"""Mails that could not be filed when their turn came, and wait for that."""

from datetime import datetime

from sqlalchemy import false, select

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.tickets import SpoolRow

_OLDEST = (
    select(SpoolRow.accepted_at)
    .where(SpoolRow.state == SpoolState.WAITING, SpoolRow.error != "", SpoolRow.released == false())
    .order_by(SpoolRow.id)
    .limit(1)
)


def delayed_since(tx: Transaction) -> datetime | None:
    """Return when the oldest of them was accepted, None where there is none.

    Those that a person took out of quarantine do not count: they were accepted long before they waited.
    """
    return tx.connection.execute(_OLDEST).scalar()
