"""What the tests of the flows share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.bench import Bench
from tests.servers.postgres import Postgres


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a desk whose time stands still."""
    made = Bench(tmp_path)
    yield made
    made.gateway.close()


@pytest.fixture
def shared_bench(tmp_path: Path, postgres: Postgres, postgres_template: str) -> Iterator[Bench]:
    """Give such a desk on the database that hosts share."""
    made = Bench(tmp_path, postgres.create_database(like=postgres_template))
    yield made
    made.gateway.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Give such a desk on each kind of database."""
    database = ""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        database = server.create_database(like=request.getfixturevalue("postgres_template"))
    made = Bench(tmp_path, database)
    yield made
    made.gateway.close()
