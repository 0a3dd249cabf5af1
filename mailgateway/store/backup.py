"""A copy of an SQLite database while others write to it, and whether all blobs that a database names are there."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from mailgateway.errors import PermanentError, StoreUnusable
from mailgateway.store.engine import Store, Transaction
from mailgateway.store.tables.tickets import AttachmentRow, OutboxRow, SpoolRow

_PART = 5_000
_NAMING: tuple[Any, ...] = (SpoolRow, AttachmentRow, OutboxRow)


def back_up(store: Store, file: Path) -> int:
    """Copy the database into a file that is not there yet, as it is at one moment; return its size in bytes.

    Nobody waits for it: what is written meanwhile is not in the copy. It is for our own eyes, and appears when it is
    whole and sound. Raises FileExistsError and other OSErrors for the file, StoreUnusable for PostgreSQL and for a
    copy that is damaged.
    """
    if store.engine.dialect.name != "sqlite":
        raise StoreUnusable("PostgreSQL has its own means: pg_dump --format=custom --file=FILE DATABASE")
    if file.exists():
        raise FileExistsError(file)
    beside = file.with_name(f".{file.name}.part")
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with store.reading() as tx:
            _copy(tx, beside)
        os.link(beside, file)
    finally:
        beside.unlink(missing_ok=True)
    return file.stat().st_size


def _copy(tx: Transaction, file: Path) -> None:
    source: Any = tx.connection.connection.driver_connection
    with closing(sqlite3.connect(file)) as copy:
        source.backup(copy)  # all of it in one step: a step that sees a change begins anew
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, not three
        (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise StoreUnusable(f"the copy is damaged: {found}")
    with file.open("rb") as written:
        os.fsync(written.fileno())


def last_named(store: Store) -> int:
    """Return how many numbers there are to walk through for `damaged`."""
    with store.reading() as tx:
        return sum(tx.connection.execute(select(func.max(row.id))).scalar() or 0 for row in _NAMING)


def damaged(store: Store) -> Iterator[tuple[int, list[str]]]:
    """Walk over every blob that a row names, in parts; give how far each part came and what is wrong in it.

    Raises StoreBusy and StoreUnusable.
    """
    for row in _NAMING:
        with store.reading() as tx:
            last = tx.connection.execute(select(func.max(row.id))).scalar() or 0
        for start in range(0, last, _PART):
            named = select(row.id, row.sha256).where(row.id > start, row.id <= start + _PART, row.sha256 != "")
            with store.reading() as tx:
                found = tx.connection.execute(named.order_by(row.id)).all()
            yield min(_PART, last - start), [line for one in found for line in _wrong(store, row.__tablename__, one)]


def _wrong(store: Store, table: str, one: Any) -> Iterator[str]:
    try:
        store.blobs.get(one.sha256)
    except PermanentError as error:
        yield f"{table} {one.id}: {error}"
