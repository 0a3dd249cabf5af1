"""Refresh tokens that a provider handed out in place of the configured ones: each alone may be good from then on."""

from datetime import datetime

from sqlalchemy import select

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.gateway import GrantRow
from mailgateway.store.upsert import insert_or_update

_KEEP = insert_or_update(GrantRow, ("name",), lambda new: {"token": new.token, "kept_at": new.kept_at})


def recall(tx: Transaction, name: str) -> str | None:
    """Return the token kept last under a name, None where none was."""
    return tx.connection.execute(select(GrantRow.token).where(GrantRow.name == name)).scalar()


def keep(tx: Transaction, name: str, token: str, now: datetime) -> None:
    """Keep a token under a name, in place of the one before."""
    tx.connection.execute(_KEEP[tx.dialect], {"name": name, "token": token, "kept_at": now})
