"""How the database is reached: one store, and transactions that end well or leave no trace."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from mailgateway import clock
from mailgateway.accounts.object_store import ObjectStore
from mailgateway.desk.events import Event
from mailgateway.errors import StoreUnusable
from mailgateway.store.blobs import Blobs
from mailgateway.store.failures import translated
from mailgateway.store.hosts.news import News, tell
from mailgateway.store.places.private import make_file, make_folder
from mailgateway.store.turns import Turns

_BUSY_SECONDS = 5.0
_MOST_SWITCHES = 10
_READING = "mailgateway_reading"
_TURNS = "mailgateway_turns"
HOW_IT_IS_MADE = "`mailgateway run`, `mailgateway ingest` or `mailgateway db upgrade` makes it"
_KNOWN = "sqlite:///FOLDER/FILE.db or postgresql+psycopg://USER@HOST/DATABASE"
_compact = partial(json.dumps, separators=(",", ":"))


class NoDatabaseYet(StoreUnusable):
    """The file of an SQLite database is not there, and was not to be made."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """All or nothing: what everything in this room works in. `dialect` is sqlite or postgresql.

    `happened` gathers the events that are written down in it, for who listens to the store; `news` what is to be told
    once it is committed.
    """

    connection: Connection
    blobs: Blobs
    dialect: str
    happened: list[Event] = field(default_factory=list)
    news: set[News] = field(default_factory=set)


Listener = Callable[[Transaction], Callable[[], None]]
"""Called at the end of a transaction in which something happened to tickets, as a part of it.

What it returns is called after the commit.
"""


Teller = Callable[[Collection[News]], None]
"""Called after a commit that others are to know of, in place of telling them here and now."""


class Store:
    """The database and the blobs. Threads may share it."""

    def __init__(self, engine: Engine, blobs: Blobs) -> None:
        self.engine = engine
        self.blobs = blobs
        self.origin = clock.fresh_id()
        self.listener: Listener | None = None
        self.teller: Teller | None = None
        self._turns = Turns()
        self._writer = engine.execution_options(**{_TURNS: self._turns})
        options: dict[str, Any] = {_READING: True}
        if engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = engine.execution_options(**options)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Give a transaction that is committed at the end of the block and rolled back on any error.

        It begins with the first statement: what comes before that in the block holds no lock. Raises StoreBusy or
        StoreUnusable.
        """
        try:
            with translated(), self._writer.connect() as connection:
                tx = Transaction(connection, self.blobs, self.engine.dialect.name)
                yield tx
                after = self.listener(tx) if self.listener is not None and tx.happened else None
                connection.commit()
        finally:
            self._turns.end()
        if after is not None:
            after()
        if tx.news:
            (self.teller or self._tell)(tx.news)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Give a transaction that sees one state of the database throughout and can change nothing."""
        with translated(), self._reader.connect() as connection:
            yield Transaction(connection, self.blobs, self.engine.dialect.name)

    def _tell(self, news: Collection[News]) -> None:
        """Let other processes know by ourselves. What they do not hear they find by looking, so no error is ours."""
        if self.engine.dialect.name == "postgresql":
            with suppress(SQLAlchemyError), self.engine.begin() as connection:
                tell(connection, news, self.origin)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(database_url: str, blobs_at: str | ObjectStore, *, makes: bool = True) -> Store:
    """Return the store at two addresses; connects when it is first used.

    An SQLite file that is not there is made, empty, where `makes` says so. Raises StoreUnusable.
    """
    blobs = Blobs(blobs_at)
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise StoreUnusable(f"the database: not an address of one; write {_KNOWN}") from None
    match url.get_backend_name():
        case "sqlite":
            return Store(_sqlite(url, makes=makes), blobs)
        case "postgresql":
            return Store(_postgres(url), blobs)
        case other:
            raise StoreUnusable(f"the database: {other} is not supported; write {_KNOWN}")


def _postgres(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": 10, "application_name": "mailgateway"},
        json_serializer=_compact,
        hide_parameters=True,
        pool_size=8,
        max_overflow=24,
    )


def _sqlite(url: URL, *, makes: bool) -> Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreUnusable(f"the database: SQLite needs a file; write {_KNOWN}")
    if makes:
        _make_private(Path(url.database))
    elif not Path(url.database).exists():
        raise NoDatabaseYet(f"there is no database yet at {url.database}: {HOW_IT_IS_MADE}")
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        connect_args={"timeout": _BUSY_SECONDS},
        json_serializer=_compact,
        hide_parameters=True,
        pool_size=8,
        max_overflow=24,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(file: Path) -> None:
    """Make the file and its folder where they are missing, for our own eyes: it holds mail and keys."""
    try:
        make_folder(file.parent)
        make_file(file)
    except OSError as error:
        raise StoreUnusable(f"the database: {file} cannot be opened ({error.strerror})") from None


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # None: we say BEGIN ourselves (below), not the driver at the first change
    connection.isolation_level = None
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _write_ahead(connection: Any) -> None:
    """Switch to WAL. Of two that do it to a new file at once, SQLite fails one instead of letting it wait."""
    for _ in range(_MOST_SWITCHES):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            # taking the write lock waits for the other one
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once when writing: a lock that is upgraded later fails instead of waiting."""
    options = connection.get_execution_options()
    reading = bool(options.get(_READING))
    if (turns := options.get(_TURNS)) is not None:
        turns.take()
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA query_only={int(reading)}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
