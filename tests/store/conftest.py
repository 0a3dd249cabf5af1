"""A migrated store, empty, once on SQLite and once on PostgreSQL; every test runs on both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailgateway.store.engine import Store, open_store
from tests.servers.postgres import Postgres
from tests.servers.prepared import prepare

Opener = Callable[[], Store]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.create_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a migrated, empty database."""
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path}/mailgateway.db"
        prepare(made)
        return made
    server: Postgres = request.getfixturevalue("postgres")
    return server.create_database(like=request.getfixturevalue("postgres_template"))


@pytest.fixture
def opener(database: str, tmp_path: Path) -> Iterator[Opener]:
    """Give a way to open the same store again, as another process would."""
    yield from _opener(database, tmp_path)


@pytest.fixture
def postgres_opener(postgres: Postgres, postgres_template: str, tmp_path: Path) -> Iterator[Opener]:
    """Give the same for what only PostgreSQL can do."""
    yield from _opener(postgres.create_database(like=postgres_template), tmp_path)


@pytest.fixture
def store(opener: Opener) -> Store:
    """Give a migrated, empty store."""
    return opener()


def _opener(database: str, folder: Path) -> Iterator[Opener]:
    opened: list[Store] = []

    def open_again() -> Store:
        opened.append(open_store(database, f"file://{folder}/blobs"))
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()
