"""The schema of the database: which revision it has, and how it is brought to the newest."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from mailgateway.store.engine import Store
from mailgateway.store.failures import translated


def upgrade(store: Store) -> None:
    """Bring the database to the newest schema, all of it or nothing. Raises StoreBusy or StoreUnusable."""
    config = _config()
    with translated(), store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # two that upgrade at once: the second waits, and finds nothing left to do
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('mailgateway.schema', 0))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current(store: Store) -> str:
    """Return the revision that the database has, empty where it has none."""
    with store.reading() as tx:
        return MigrationContext.configure(tx.connection).get_current_revision() or ""


def head() -> str:
    """Return the newest revision."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def is_current(store: Store) -> bool:
    """Tell whether the database has the newest schema."""
    return current(store) == head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
