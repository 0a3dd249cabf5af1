"""A desk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.office import Office
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database, on each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/office.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.create_database(like=request.getfixturevalue("postgres_template"))


@pytest.fixture
def office(tmp_path: Path, dovecot: Dovecot, sink: Sink, mailbox_user: str, database: str) -> Iterator[Office]:
    """Give a desk on each kind of database."""
    made = Office(tmp_path, dovecot, sink, mailbox_user, database)
    yield made
    made.close()


@pytest.fixture
def small_office(tmp_path: Path, dovecot: Dovecot, sink: Sink, mailbox_user: str) -> Iterator[Office]:
    """Give a desk on SQLite, for what does not depend on the database."""
    made = Office(tmp_path, dovecot, sink, mailbox_user, f"sqlite:///{tmp_path}/office.db")
    yield made
    made.close()
