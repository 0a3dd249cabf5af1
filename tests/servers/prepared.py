"""Databases with this version's tables, made once a run: migrating takes half a second, copying none."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from mailgateway.store import schema
from mailgateway.store.engine import open_store

_SQLITE = "sqlite:///"


def migrate(url: str) -> None:
    """Bring a database to the schema of this version."""
    store = open_store(url, "memory://template")
    schema.upgrade(store)
    store.close()


def prepare(url: str) -> None:
    """Make an SQLite file with all tables, unless it is there; bring any other database to the newest schema."""
    file = Path(url.removeprefix(_SQLITE))
    if url.startswith(_SQLITE) and not file.exists():
        file.write_bytes(_migrated_file())
    else:
        migrate(url)


@cache
def _migrated_file() -> bytes:
    folder = Path(tempfile.mkdtemp())
    try:
        migrate(f"{_SQLITE}{folder}/template.db")
        return (folder / "template.db").read_bytes()
    finally:
        shutil.rmtree(folder)
