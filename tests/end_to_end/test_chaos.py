"""Three daemons over one PostgreSQL, and all that can happen to them: nothing is lost, twice or stuck."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.play import play
from tests.chaos.world import World
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

SEED = 2026


@pytest.fixture
def world(tmp_path: Path, dovecot: Dovecot, postgres: Postgres, postgres_template: str, sink: Sink) -> Iterator[World]:
    """Give three daemons and all that they need."""
    made = World(tmp_path, dovecot, postgres, sink, postgres.create_database(like=postgres_template))
    yield made
    made.close()


@pytest.mark.timeout(300)
def test_whatever_happens_every_mail_is_filed_once_and_answered(world: World) -> None:
    """Killed, frozen, cut off, without database, without disk: in the end it is as if nothing had been."""
    ending = play(world, SEED, seconds=26, mails_a_second=4, seconds_a_mishap=4)
    stories = "\n".join(ending.wrong[:20])
    assert not ending.wrong, f"seed {SEED}, {ending.mishaps}: {len(ending.wrong)} things are wrong\n{stories}"
    assert set(ending.mishaps) == {"freeze", "fill", "kill", "cut", "restart"}
