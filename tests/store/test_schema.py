"""The schema: brought up from nothing, and the same as the tables that the code speaks of."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text, update

from mailgateway.store import health, schema
from mailgateway.store.engine import Store, open_store
from mailgateway.store.health import Beat
from mailgateway.store.tables.base import Base
from mailgateway.store.tables.tickets import FIRST_TICKET, TicketRow
from mailgateway.store.tickets.heads import read_heads
from tests.store.examples import JANE, NOW, open_ticket


def test_an_empty_database_is_brought_to_the_newest_revision(empty_database: str, tmp_path: Path) -> None:
    """Before the upgrade there is no revision; after it, the newest; once more changes nothing."""
    store = open_store(empty_database, f"file://{tmp_path}/blobs")
    assert schema.current(store) == ""
    schema.upgrade(store)
    schema.upgrade(store)
    assert schema.current(store) == schema.head()
    store.close()


def test_migrations_make_exactly_the_tables_of_the_code(store: Store) -> None:
    """Alembic finds no difference between the migrated database and the models, types included."""
    with store.reading() as tx:
        # an identity is a server default, and SQLite has none
        opts: dict[str, Any] = {"compare_type": True, "compare_server_default": tx.dialect == "postgresql"}
        # full-text search is made by each database in its own way, SQLite with tables of its own behind it
        opts["include_name"] = lambda name, kind, _: kind != "table" or not name.startswith("answer_words")
        context = MigrationContext.configure(tx.connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def test_two_that_upgrade_at_once_do_it_once(empty_database: str, tmp_path: Path) -> None:
    """The second waits for the first and finds nothing left to do."""
    stores = [open_store(empty_database, f"file://{tmp_path}/blobs") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(schema.upgrade, stores))
    assert schema.current(stores[0]) == schema.head()
    for store in stores:
        store.close()


def test_ticket_numbers_begin_at_10001(store: Store) -> None:
    """The first ticket of a new database is 10001, the next one 10002."""
    assert open_ticket(store) == FIRST_TICKET == 10001
    assert open_ticket(store) == 10002


def test_the_newest_revision_is_told_as_alembic_tells_it() -> None:
    """The files' names alone tell the same newest revision as the migrations in them."""
    folder = Path(schema.__file__).with_name("migrations")
    assert ScriptDirectory(str(folder)).get_current_head() == schema.head()


def test_tickets_of_earlier_revisions_are_found_by_their_requester(store: Store) -> None:
    """The key by which requesters are found is filled in for tickets that are there already."""
    open_ticket(store)
    with store.writing() as tx:
        before = tx.connection.execute(select(TicketRow.requester_key)).scalar_one()
        tx.connection.execute(update(TicketRow).values({TicketRow.requester_key: None}))
        fill: Callable[[Connection], None] = import_module("mailgateway.store.migrations.versions.0003_turns")._fill
        fill(tx.connection)
        assert tx.connection.execute(select(TicketRow.requester_key)).scalar_one() == before == JANE.address


def test_names_that_earlier_revisions_kept_among_the_fields_move_to_their_columns(store: Store) -> None:
    """Organisation and configuration item leave the fields; other fields stay, and tickets without any too."""
    first, second = open_ticket(store), open_ticket(store)
    with store.writing() as tx:
        kept = {"organisation": "acme", "ci": "web-1", "floor": "3"}
        tx.connection.execute(update(TicketRow).where(TicketRow.number == first).values({TicketRow.fields: kept}))
        tx.connection.execute(update(TicketRow).where(TicketRow.number == second).values({TicketRow.fields: None}))
        name = next(Path(schema.__file__).with_name("migrations").glob("versions/*_organisation.py")).stem
        import_module(f"mailgateway.store.migrations.versions.{name}")._move(tx.connection)
        heads = read_heads(tx, [first, second])
    moved, untouched = heads[first], heads[second]
    assert (moved.organisation, moved.ci, moved.fields) == ("acme", "web-1", {"floor": "3"})
    assert (untouched.organisation, untouched.ci, untouched.fields) == (None, None, {})


def test_signs_of_life_of_earlier_revisions_are_of_no_host_that_is_there(empty_database: str) -> None:
    """What was known before the upgrade is known after it, and the first host that tells something knows better."""
    store = open_store(empty_database, "memory://beats")
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0034")
        given = "INSERT INTO beats (name, good_at, attempt_at, error) VALUES ('send', :at, :at, 'refused')"
        at = NOW if connection.dialect.name == "postgresql" else f"{NOW:%Y-%m-%d %H:%M:%S.%f}"
        connection.execute(text(given), {"at": at})
    schema.upgrade(store)
    with store.writing() as tx:
        assert health.beats_of_hosts(tx) == (Beat("send", NOW, NOW, "refused"),)
        health.beat(tx, "send", NOW, None, "one")
        assert [beat.host for beat in health.beats_of_hosts(tx)] == ["", "one"]
    store.close()
