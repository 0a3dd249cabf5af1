"""Transactions end well or leave no trace; errors of the database are said in the gateway's own words."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import insert, select, text

from mailgateway.errors import PermanentError, StoreBusy, StoreUnusable
from mailgateway.store import engine, health
from mailgateway.store.engine import Store, open_store
from mailgateway.store.tables.gateway import AlarmRow
from mailgateway.store.tables.tickets import EventRow, TicketRow
from mailgateway.store.turns import Turns
from tests.privileges import IS_ROOT, NOBODY
from tests.servers.postgres import Postgres
from tests.servers.prepared import prepare
from tests.servers.process import free_port
from tests.store.conftest import Opener
from tests.store.examples import NOW, open_ticket, opening, ticket


def test_a_transaction_is_kept_at_its_end(store: Store) -> None:
    """What was written is there for the next transaction."""
    with store.writing() as tx:
        health.raise_alarm(tx, "send", "stuck", NOW)
    with store.reading() as tx:
        assert health.raised(tx)["send"].raised_at == NOW


def test_an_error_leaves_no_trace(store: Store) -> None:
    """An exception within the block takes everything back."""

    def stumble() -> None:
        with store.writing() as tx:
            health.raise_alarm(tx, "send", "stuck", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stumble()
    with store.reading() as tx:
        assert health.raised(tx) == {}


def test_a_reading_transaction_cannot_write(store: Store) -> None:
    """Writing within it is refused, and the next writing transaction works."""
    with pytest.raises(StoreUnusable, match="read-only"), store.reading() as tx:
        health.raise_alarm(tx, "send", "stuck", NOW)
    with store.writing() as tx:
        assert health.raise_alarm(tx, "send", "stuck", NOW)


def test_a_reading_transaction_sees_one_state(store: Store) -> None:
    """What others commit meanwhile does not show until the next one."""
    with store.reading() as tx:
        assert health.raised(tx) == {}
        with store.writing() as other:
            health.raise_alarm(other, "send", "stuck", NOW)
        assert health.raised(tx) == {}


def test_a_unique_race_is_busy(store: Store) -> None:
    """A row that another writer put first is a reason to try again."""
    with store.writing() as tx:
        health.raise_alarm(tx, "send", "stuck", NOW)
    with pytest.raises(StoreBusy, match="another writer was first"), store.writing() as tx:
        tx.connection.execute(insert(AlarmRow), {"name": "send", "text": "stuck", "raised_at": NOW})


def test_a_mistake_of_ours_tells_no_value(store: Store) -> None:
    """A statement that the database refuses is a permanent error without the values it was given."""
    event = {"ticket": 4711, "at": NOW, "actor": "anna", "what": "a secret", "detail": {}}
    with pytest.raises(PermanentError) as caught, store.writing() as tx:
        tx.connection.execute(insert(EventRow), event)
    assert not isinstance(caught.value, StoreUnusable)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_database_without_tables_names_the_mend(empty_database: str, tmp_path: Path) -> None:
    """Before `db upgrade`, every use says to run it."""
    store = open_store(empty_database, f"file://{tmp_path}/blobs")
    with pytest.raises(StoreUnusable, match="mailgateway db upgrade"), store.reading() as tx:
        health.beats(tx)
    store.close()


def test_a_missing_column_names_the_mend(store: Store) -> None:
    """A database of another release says to run `db upgrade`."""
    with pytest.raises(StoreUnusable, match="mailgateway db upgrade"), store.writing() as tx:
        tx.connection.execute(text("SELECT no_such_column FROM tickets"))


def test_instants_come_back_aware_and_naive_ones_are_refused(store: Store) -> None:
    """An instant is the same instant after storing; one without a time zone is an error of ours."""
    number = open_ticket(store)
    with store.reading() as tx:
        (at,) = tx.connection.execute(select(TicketRow.created_at).where(TicketRow.number == number)).one()
    assert at == NOW
    assert str(at.tzinfo) == "UTC"
    with pytest.raises(PermanentError):
        open_ticket(store, opening(ticket(created_at=NOW.replace(tzinfo=None))))


def test_text_that_no_database_takes_is_stored_nearly(store: Store) -> None:
    """NUL and lone surrogates become U+FFFD; nothing is refused."""
    number = open_ticket(store, opening(ticket(subject="a\0b\udc80ż")))
    with store.reading() as tx:
        (subject,) = tx.connection.execute(select(TicketRow.subject).where(TicketRow.number == number)).one()
    assert subject == "a\ufffdb\ufffdż"


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://root:hunter2@localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_be_used_is_said_so(url: str) -> None:
    """Anything but a SQLite file or PostgreSQL is refused with an example, and no password is shown."""
    with pytest.raises(StoreUnusable, match="sqlite:///") as caught:
        open_store(url, "memory://blobs")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("url", "words"), [("nosuch://somewhere", "nosuch"), ("smb://host/share", "smbprotocol")])
def test_blobs_at_no_usable_address_are_said_so(tmp_path: Path, url: str, words: str) -> None:
    """An unknown kind of blob store is named, and one that needs a package says which."""
    with pytest.raises(StoreUnusable, match=words):
        open_store(f"sqlite:///{tmp_path}/x.db", url)


def test_the_files_of_sqlite_are_private(tmp_path: Path) -> None:
    """A missing folder is made for its owner alone, the file too."""
    store = open_store(f"sqlite:///{tmp_path}/deep/down/x.db", "memory://blobs")
    store.close()
    assert stat.S_IMODE((tmp_path / "deep/down").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "deep/down/x.db").stat().st_mode) == 0o600


def test_writers_of_one_process_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes meanwhile waits for the end of that, and does not look now and then whether it came."""
    monkeypatch.setattr(engine, "_BUSY_SECONDS", 0)  # who looks would find it locked, and fail
    prepare(f"sqlite:///{tmp_path}/x.db")
    store = open_store(f"sqlite:///{tmp_path}/x.db", "memory://blobs")

    asks, take = Event(), Turns.take

    def write() -> None:
        with store.writing() as tx:
            health.raise_alarm(tx, "second", "stuck", NOW)

    def noted(turns: Turns) -> None:
        asks.set()
        take(turns)

    with ThreadPoolExecutor(1) as other:
        with store.writing() as tx:
            health.raise_alarm(tx, "first", "stuck", NOW)
            monkeypatch.setattr(Turns, "take", noted)
            second = other.submit(write)
            assert asks.wait(10)
        second.result(timeout=10)
    with store.reading() as tx:
        assert set(health.raised(tx)) == {"first", "second"}
    store.close()


def test_a_turn_ends_with_whatever_ends_the_transaction(tmp_path: Path) -> None:
    """An error gives the turn back, and so does a block that wrote nothing; another thread goes on at once."""
    prepare(f"sqlite:///{tmp_path}/x.db")
    store = open_store(f"sqlite:///{tmp_path}/x.db", "memory://blobs")
    with pytest.raises(PermanentError), store.writing() as tx:
        tx.connection.execute(insert(AlarmRow), {"name": "first", "text": "stuck", "raised_at": datetime(2026, 1, 1)})  # noqa: DTZ001
    with store.writing():
        pass

    def write() -> None:
        with store.writing() as tx:
            health.raise_alarm(tx, "second", "stuck", NOW)

    with ThreadPoolExecutor(1) as other:
        other.submit(write).result(timeout=4)
    with store.reading() as tx:
        assert set(health.raised(tx)) == {"second"}
    store.close()


@pytest.mark.skipif(not IS_ROOT, reason="root alone can give files away")
def test_a_database_that_root_makes_belongs_to_whose_folder_it_is(tmp_path: Path) -> None:
    """The service, which is another user, can write to it; what is there already stays whose it is."""
    os.chown(tmp_path, NOBODY.pw_uid, NOBODY.pw_gid)
    (tmp_path / "there.db").touch()
    for name in ("there.db", "deep/new.db"):
        open_store(f"sqlite:///{tmp_path}/{name}", "memory://blobs").close()
    owners = [(tmp_path / name).stat().st_uid for name in ("there.db", "deep", "deep/new.db")]
    assert owners == [0, NOBODY.pw_uid, NOBODY.pw_uid]


def test_a_link_to_a_database_that_is_still_to_be_made_is_followed(tmp_path: Path) -> None:
    """An admin may put the file on another disk before there is one."""
    (tmp_path / "x.db").symlink_to(tmp_path / "elsewhere.db")
    open_store(f"sqlite:///{tmp_path}/x.db", "memory://blobs").close()
    assert stat.S_IMODE((tmp_path / "elsewhere.db").stat().st_mode) == 0o600


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    """Something else at the address is not overwritten."""
    (tmp_path / "x.db").write_bytes(b"not a database at all" * 100)
    store = open_store(f"sqlite:///{tmp_path}/x.db", "memory://blobs")
    with pytest.raises(StoreUnusable, match="no SQLite database"), store.writing() as tx:
        health.beats(tx)
    store.close()


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    """A file where the folder should be is a clear error."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreUnusable, match="taken"):
        open_store(f"sqlite:///{tmp_path}/taken/x.db", "memory://blobs")


def test_sqlite_is_durable_and_strict(tmp_path: Path) -> None:
    """WAL, synchronous FULL, foreign keys on, and the write lock taken when a transaction begins."""
    store = open_store(f"sqlite:///{tmp_path}/x.db", "memory://blobs")
    with store.writing() as tx:
        pragmas = [
            tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert pragmas == ["wal", 2, 1, 5000]
    store.close()


def test_a_locked_sqlite_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot get the write lock in time is told to try again."""
    monkeypatch.setattr(engine, "_BUSY_SECONDS", 0.05)
    store = open_store(f"sqlite:///{tmp_path}/x.db", "memory://blobs")
    with store.writing() as first:
        first.connection.execute(text("SELECT 1"))
        with pytest.raises(StoreBusy, match="locked"), store.writing() as second:
            second.connection.execute(text("SELECT 1"))
    store.close()


def test_a_missing_database_is_said_so(postgres: Postgres) -> None:
    """PostgreSQL without this database is not a matter of waiting."""
    store = open_store(postgres.url("nowhere"), "memory://blobs")
    with pytest.raises(StoreUnusable, match="nowhere"), store.reading() as tx:
        health.beats(tx)
    store.close()


def test_a_server_that_is_away_is_busy_and_its_password_secret() -> None:
    """A refused connection may be better later; its message tells no password."""
    store = open_store(f"postgresql+psycopg://me:hunter2@127.0.0.1:{free_port()}/x", "memory://blobs")
    with pytest.raises(StoreBusy) as caught, store.reading() as tx:
        health.beats(tx)
    assert "hunter2" not in str(caught.value)
    store.close()


def test_a_restarted_server_is_busy_once_and_then_well(postgres: Postgres, postgres_opener: Opener) -> None:
    """A connection that was cut is a reason to try again; the next try finds a new one."""
    store = postgres_opener()
    with store.reading() as tx:
        assert health.beats(tx) == {}
    postgres.restart()
    with pytest.raises(StoreBusy), store.reading() as tx:
        health.beats(tx)
    with store.reading() as tx:
        assert health.beats(tx) == {}


def test_the_plain_name_of_postgresql_is_understood(postgres: Postgres, postgres_template: str) -> None:
    """postgresql:// needs no driver's name."""
    url = postgres.create_database(like=postgres_template).replace("+psycopg", "")
    store = open_store(url, "memory://blobs")
    with store.reading() as tx:
        assert tx.dialect == "postgresql"
    store.close()


def test_a_deadlock_is_busy(postgres_opener: Opener) -> None:
    """Two transactions that wait for each other: the database ends one, and that one is told to try again."""
    first, second = postgres_opener(), postgres_opener()
    numbers = open_ticket(first), open_ticket(first)
    both = Barrier(2)

    def lock(store: Store, order: tuple[int, int]) -> str:
        heads = [select(TicketRow.number).where(TicketRow.number == number).with_for_update() for number in order]
        try:
            with store.writing() as tx:
                tx.connection.execute(heads[0])
                both.wait(10)
                tx.connection.execute(heads[1])
        except StoreBusy:
            return "busy"
        return "fine"

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lock, (first, second), (numbers, numbers[::-1])))
    assert sorted(ends) == ["busy", "fine"]
