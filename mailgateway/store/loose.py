"""Blobs that go, and the promise that no row ever names a blob that is gone.

Who writes rows that name blobs puts the blobs first and then holds them, in the transaction of the rows; who removes
blobs is alone with those transactions while it asks whether any row names them. So a mail that arrives at that very
moment with the same content either is seen, and its blob stays, or sees that the blob went, and puts it again. SQLite
has one writer at a time; PostgreSQL is given a lock that holders share. No clock has a part in it.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, text, update

from mailgateway.errors import PermanentError
from mailgateway.mail.identity import identity
from mailgateway.mail.model import Identity
from mailgateway.store.blobs import Blobs
from mailgateway.store.engine import Store, Transaction
from mailgateway.store.tables.lookup import lookup_key
from mailgateway.store.tables.privacy import LooseBlobRow
from mailgateway.store.tables.tickets import AttachmentRow, OutboxRow, SpoolRow
from mailgateway.store.upsert import insert_or_update

BATCH = 50
_REMEMBERED = timedelta(days=1)
"""So long is it known that a blob was removed: longer than from putting it to the transaction that names it."""

_LOCK = 0x6D68 << 48
_SHARE = text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")
# Never waited for: who queues for it would hold up those that share it, and they may wait for each other.
_TAKE = text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")
_GONE = select(LooseBlobRow.sha256).where(
    LooseBlobRow.sha256.in_(bindparam("digests", expanding=True)), LooseBlobRow.removed_at.is_not(None)
)
_LET_GO = insert_or_update(LooseBlobRow, ("sha256",), lambda _: {"removed_at": None})
_LOOSE = select(LooseBlobRow.sha256).where(LooseBlobRow.removed_at.is_(None)).order_by(LooseBlobRow.sha256)
_THIS = LooseBlobRow.sha256 == bindparam("digest")
# The same bytes have the same identity, by which there is an index: one of digests would cost every mail.
_MAIL = select(SpoolRow.id).where(
    SpoolRow.message_id == bindparam("message_id"),
    SpoolRow.fingerprint == bindparam("fingerprint"),
    SpoolRow.sha256 == bindparam("digest"),
)
_FILE = select(AttachmentRow.id).where(AttachmentRow.sha256 == bindparam("digest"))
_LETTER = select(OutboxRow.id).where(OutboxRow.sha256 == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class Swept:
    """How many loose blobs were looked at, and how many of them nothing named, so that they are gone."""

    looked_at: int = 0
    removed: int = 0


def hold(tx: Transaction, digests: Collection[str]) -> frozenset[str]:
    """Keep blobs until the end of the transaction; return those that are gone, which have to be put again in it.

    To be called after they were put, and before the transaction writes rows that name them.
    """
    if not digests:
        return frozenset()
    if tx.dialect == "postgresql":
        tx.connection.execute(_SHARE)
    removed = tx.connection.execute(_GONE, {"digests": list(digests)}).scalars()
    return frozenset(digest for digest in removed if not tx.blobs.has(digest))


def let_go(tx: Transaction, digests: Iterable[str | None]) -> None:
    """Note that rows of this transaction name these blobs no longer."""
    rows = [{"sha256": digest, "removed_at": None} for digest in sorted({one for one in digests if one})]
    if rows:
        tx.connection.execute(_LET_GO[tx.dialect], rows)


def sweep(store: Store, now: datetime, most: int = BATCH) -> Swept:
    """Remove loose blobs that nothing names, at most so many; none while somebody writes rows that name blobs.

    Raises StoreBusy and StoreUnusable.
    """
    with store.reading() as tx:
        loose = tuple(tx.connection.execute(_LOOSE.limit(most)).scalars())
    if not loose:
        return Swept()
    # read before the transaction: nobody waits for that
    mails = {digest: _as_mail(store.blobs, digest) for digest in loose}
    with store.writing() as tx:
        if tx.dialect == "postgresql" and not tx.connection.execute(_TAKE).scalar_one():
            return Swept()
        free = [digest for digest in loose if not _is_named(tx, digest, mails[digest])]
        tx.connection.execute(delete(LooseBlobRow).where(LooseBlobRow.sha256.in_(set(loose) - set(free))))
        tx.blobs.remove_all(free)
        tx.connection.execute(update(LooseBlobRow).where(LooseBlobRow.sha256.in_(free)).values(removed_at=now))
        tx.connection.execute(delete(LooseBlobRow).where(LooseBlobRow.removed_at < now - _REMEMBERED))
    return Swept(len(loose), len(free))


def sweep_all(store: Store, now: datetime) -> int:
    """Remove every loose blob that nothing names, in small parts; return how many that were."""
    removed = 0
    while (swept := sweep(store, now)).looked_at:
        removed += swept.removed
    return removed


def _as_mail(blobs: Blobs, digest: str) -> Identity | None:
    """Return the identity that these bytes have as a mail, None where they are lost."""
    with suppress(PermanentError):
        return identity(blobs.get(digest))
    return None


def _is_named(tx: Transaction, digest: str, mail: Identity | None) -> bool:
    asked = {"digest": digest}
    named = [_FILE, _LETTER]
    if mail is not None:
        asked |= {"message_id": lookup_key(mail.message_id), "fingerprint": mail.fingerprint}
        named.append(_MAIL)
    return any(tx.connection.execute(one.limit(1), asked).first() is not None for one in named)
