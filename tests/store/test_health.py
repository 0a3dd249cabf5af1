"""Beats and alarms: what the daemon knows of itself, across restarts."""

from mailgateway.store import health
from mailgateway.store.engine import Store
from mailgateway.store.health import Alarm, Beat
from tests.store.examples import MINUTE, NOW


def test_a_beat_keeps_the_last_good_time(store: Store) -> None:
    """An error leaves the last success standing; the next success clears the error."""
    with store.writing() as tx:
        health.beat(tx, "fetch:support", NOW, None)
        health.beat(tx, "fetch:support", NOW + MINUTE, "time-out")
        health.beat(tx, "send", NOW, "refused")
        assert health.beats(tx) == {
            "fetch:support": Beat("fetch:support", NOW, NOW + MINUTE, "time-out"),
            "send": Beat("send", None, NOW, "refused"),
        }
        health.beat(tx, "fetch:support", NOW + 2 * MINUTE, None)
        assert health.beats(tx)["fetch:support"] == Beat("fetch:support", NOW + 2 * MINUTE, NOW + 2 * MINUTE, "")


def test_an_alarm_is_raised_once_and_cleared_once(store: Store) -> None:
    """Raising what stands and clearing what does not changes nothing and says so."""
    with store.writing() as tx:
        assert health.raise_alarm(tx, "send", "stuck", NOW)
        assert not health.raise_alarm(tx, "send", "more stuck", NOW + MINUTE)
        assert health.raised(tx) == {"send": Alarm("send", "stuck", NOW)}
        assert health.clear_alarm(tx, "send", NOW)
        assert not health.clear_alarm(tx, "send", NOW)
        assert health.raised(tx) == {}


def test_a_database_on_another_host_tells_its_clock(store: Store) -> None:
    """PostgreSQL has one of its own, aware of its zone; SQLite's is ours."""
    with store.reading() as tx:
        told = health.clock_of_database(tx)
    if store.engine.dialect.name == "sqlite":
        assert told is None
    else:
        assert told is not None
        assert told.utcoffset() is not None
