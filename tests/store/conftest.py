"""A migrated store, empty, once on SQLite and once on PostgreSQL; every test runs on both."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailgateway.store.engine import Store, open_store
from tests.servers.fixtures import migrate
from tests.servers.postgres import Postgres

Opener = Callable[[], Store]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a migrated database, to be copied."""
    file = tmp_path_factory.mktemp("template") / "mailgateway.db"
    migrate(f"sqlite:///{file}")
    return file


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
        file = tmp_path / "mailgateway.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        return f"sqlite:///{file}"
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
