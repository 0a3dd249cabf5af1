"""The schema of the database: which revision it has, and how it is brought to the newest.

Every command asks for the revision, and hardly any changes it: only that imports alembic.
"""

from pathlib import Path

from sqlalchemy import inspect, text

from mailgateway.errors import StoreUnusable
from mailgateway.store.engine import HOW_IT_IS_MADE, Store
from mailgateway.store.failures import translated

_MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(store: Store) -> None:
    """Bring the database to the newest schema, all of it or nothing. Raises StoreBusy or StoreUnusable."""
    # a fifth of what a command takes that does not need it
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with translated(), store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # two that upgrade at once: the second waits, and finds nothing left to do
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('mailgateway.schema', 0))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current(store: Store) -> str:
    """Return the revision that the database has, empty where it has none."""
    with store.reading() as tx:
        if not inspect(tx.connection).has_table("alembic_version"):
            return ""
        return tx.connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def head() -> str:
    """Return the newest revision: migrations follow each other, and their files' names begin with their numbers."""
    return max(file.name for file in (_MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def ensure(store: Store, *, makes: bool) -> None:
    """Raise StoreUnusable unless the schema is of this version; with `makes`, an empty SQLite file gets its tables."""
    has, wants = current(store), head()
    if has == wants:
        return
    if has or store.engine.dialect.name != "sqlite":
        raise StoreUnusable(f"the database is {f'at revision {has}' if has else 'empty'}: run `mailgateway db upgrade`")
    if not makes:
        raise StoreUnusable(f"the database is empty: {HOW_IT_IS_MADE}")
    upgrade(store)
