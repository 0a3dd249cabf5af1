"""The API of a desk, over real HTTP on loopback."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mailgateway.api.application import application
from mailgateway.api.server import HttpServer
from tests.flows.bench import Bench
from tests.servers.postgres import Postgres
from tests.servers.process import free_port

TOKEN = "a token that nobody guesses"


@pytest.fixture(params=["sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Give a desk whose time stands still, on either database."""
    database = ""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        database = server.create_database(like=request.getfixturevalue("postgres_template"))
    made = Bench(tmp_path, database)
    yield made
    made.gateway.close()


@pytest.fixture
def tokens() -> list[str]:
    """Give the tokens that are good; a test may change them."""
    return ["another one", TOKEN]


@pytest.fixture
def address(bench: Bench, tokens: list[str]) -> Iterator[str]:
    """Give where the API answers."""
    port = free_port()
    server = HttpServer(application(bench.desk, lambda: tuple(tokens)), "127.0.0.1", port)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    """Give a client with a good token."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=address, headers=headers, timeout=20) as made:
        yield made
