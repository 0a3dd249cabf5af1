"""The secrets that sign reply addresses and letter ids."""

from sqlalchemy import delete, func, select

from mailgateway.errors import StoreUnusable
from mailgateway.store.engine import Store, Transaction
from mailgateway.store.tables.gateway import ReplyKeyRow
from mailgateway.store.upsert import insert_new

_KEYS = select(ReplyKeyRow.secret).order_by(ReplyKeyRow.id.desc())
_NEWEST = select(func.max(ReplyKeyRow.id))
_FIRST = insert_new(ReplyKeyRow)


def reply_keys(tx: Transaction, fresh: bytes) -> tuple[bytes, ...]:
    """Return the keys, newest first. Where there is none yet, `fresh` (32 random bytes) becomes the first.

    Needs a writing transaction until there is one. Of several that make the first key at once, one wins for all.
    """
    keys = tuple(tx.connection.execute(_KEYS).scalars())
    if keys:
        return keys
    tx.connection.execute(_FIRST[tx.dialect], {"id": 1, "secret": fresh})
    return tuple(tx.connection.execute(_KEYS).scalars())


def rotate(tx: Transaction, fresh: bytes) -> tuple[bytes, ...]:
    """Let `fresh` (32 random bytes) sign from now on, and the key before it be believed; older ones are forgotten.

    Returns the keys, newest first.
    """
    newest = tx.connection.execute(_NEWEST).scalar() or 0
    tx.connection.execute(_FIRST[tx.dialect], {"id": newest + 1, "secret": fresh})
    tx.connection.execute(delete(ReplyKeyRow).where(ReplyKeyRow.id < newest))
    return tuple(tx.connection.execute(_KEYS).scalars())


def kept_keys(store: Store, fresh: bytes) -> tuple[bytes, ...]:
    """Return the keys of a store, as `reply_keys` does. Looking is enough but for the first time."""
    try:
        with store.reading() as tx:
            return reply_keys(tx, fresh)
    except StoreUnusable:
        with store.writing() as tx:
            return reply_keys(tx, fresh)
