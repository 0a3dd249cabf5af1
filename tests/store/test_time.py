"""One time for all hosts over a database, whatever the clock of each says."""

from datetime import timedelta

import pytest

from mailgateway import clock
from mailgateway.clock import Clock
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.store.engine import Store
from mailgateway.store.hosts import time
from mailgateway.store.outgoing import calls, outbox
from mailgateway.store.outgoing.calls import QueuedCall
from tests.store.conftest import Opener
from tests.store.examples import NOW, queued

LEASE = timedelta(minutes=15)
SKEW = timedelta(minutes=20)


def test_a_database_on_another_host_tells_its_clock(store: Store) -> None:
    """PostgreSQL has one of its own, aware of its zone; SQLite's is ours."""
    with store.reading() as tx:
        told = time.clock_of_database(tx)
    if store.engine.dialect.name == "sqlite":
        assert told is None
    else:
        assert told is not None
        assert told.utcoffset() is not None


@pytest.mark.parametrize("skew", [-SKEW, SKEW])
def test_a_process_goes_by_the_databases_clock(store: Store, skew: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several hosts share it; over SQLite the only host goes by its own."""
    ours = Clock(lambda: clock.own() + skew)
    monkeypatch.setattr(clock, "keep_to", ours.keep_to)
    time.keep_time(store)
    off = skew if store.engine.dialect.name == "sqlite" else timedelta(0)
    assert abs(ours.now() - clock.own() - off) < timedelta(seconds=5)


@pytest.mark.parametrize("skew", [-SKEW, SKEW])
def test_a_lease_is_the_same_for_hosts_whose_clocks_differ(postgres_opener: Opener, skew: timedelta) -> None:
    """What one has just claimed is left to it, whatever both believe the time to be."""
    store = postgres_opener()
    with store.writing() as tx:
        outbox.put(tx, [queued("a")], NOW - SKEW)
        calls.put(tx, [QueuedCall("msg_a", "crm", None, "opened", b"{}")], NOW - SKEW)
        assert outbox.claim_due(tx, NOW + skew, "one", 1)
        assert calls.claim_due(tx, "crm", NOW + skew, "one", 1)
    with store.writing() as tx:
        assert outbox.release_abandoned(tx, NOW, LEASE, lambda _: True) == 0
        assert calls.release_abandoned(tx, NOW, LEASE, lambda _: True) == 0
        (line,) = outbox.listed(tx, everything=False, limit=0)
    assert line.state is DeliveryState.SENDING
