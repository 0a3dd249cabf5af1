"""Beats and alarms: what the daemon knows of itself, across restarts."""

from contextlib import ExitStack, closing
from datetime import timedelta

from mailgateway.store import health, schema
from mailgateway.store.engine import Store, open_store
from mailgateway.store.health import Alarm, Beat, together
from mailgateway.store.hosts.session import HostSession
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


def test_hosts_do_not_take_each_others_words(store: Store) -> None:
    """Each has its own last success and error; together they are well while one of those that are there is."""
    with store.writing() as tx:
        health.beat(tx, "send", NOW, None, "one")
        health.beat(tx, "send", NOW + MINUTE, "refused", "two")
        found = health.beats_of_hosts(tx)
    one, two = Beat("send", NOW, NOW, "", "one"), Beat("send", None, NOW + MINUTE, "refused", "two")
    assert found == (one, two)
    for present, error, host in (
        ({"one/1", "two/2"}, "", "one"),
        ({"one/1"}, "", "one"),
        ({"two/2"}, "refused", "two"),
        ({"three/3"}, "refused", "two"),
        (set[str](), "refused", "two"),
    ):
        assert together(found, present) == {"send": Beat("send", NOW, NOW + MINUTE, error, host)}


def test_what_fails_on_every_host_fails(store: Store) -> None:
    """Told is the last error of a host that is there; when it last went well is remembered of those that are gone."""
    with store.writing() as tx:
        health.beat(tx, "send", NOW - MINUTE, None, "gone")
        health.beat(tx, "send", NOW, "refused", "one")
        health.beat(tx, "send", NOW + MINUTE, "no answer", "two")
        found = health.beats_of_hosts(tx)
    both = together(found, {"one/1", "two/2"})
    assert both == {"send": Beat("send", NOW - MINUTE, NOW + MINUTE, "no answer", "two")}


def test_a_server_that_is_there_again_is_no_success_yet(store: Store) -> None:
    """The error goes, of this host alone; the last success stays when it was."""
    with store.writing() as tx:
        health.beat(tx, "send", NOW, None, "one")
        for host in ("one", "two"):
            health.beat(tx, "send", NOW + MINUTE, "refused", host)
        health.recover(tx, "send", NOW + 2 * MINUTE, "one")
        assert health.beats_of_hosts(tx) == (
            Beat("send", NOW, NOW + 2 * MINUTE, "", "one"),
            Beat("send", None, NOW + MINUTE, "refused", "two"),
        )


def test_hosts_that_are_gone_are_forgotten_and_what_only_they_knew_is_not(store: Store) -> None:
    """After a day, where another host tried later and was well as late."""
    later = NOW + timedelta(days=1, minutes=2)
    with store.writing() as tx:
        health.beat(tx, "send", NOW, None, "gone")
        health.beat(tx, "send", later, None, "here")
        health.beat(tx, "fetch:support", NOW, None, "gone")
        health.beat(tx, "fetch:support", NOW + MINUTE, "refused", "gone too")
        health.beat(tx, "fetch:support", later, "refused", "here")
        health.beat(tx, "scan", NOW, None, "gone")
        health.forget_beats(tx, later - 2 * MINUTE)
        assert len(health.beats_of_hosts(tx)) == 6
        health.forget_beats(tx, later)
        kept = [(beat.name, beat.host) for beat in health.beats_of_hosts(tx)]
    assert kept == [("fetch:support", "gone"), ("fetch:support", "here"), ("scan", "gone"), ("send", "here")]


def test_hosts_are_known_by_their_connections(empty_database: str) -> None:
    """Who failed and is gone says nothing of those that are there; PostgreSQL keeps the beginning of a long name."""
    with closing(open_store(empty_database, "memory://")) as store, ExitStack() as stack:
        schema.upgrade(store)
        is_shared = store.engine.dialect.name == "postgresql"
        long_name = "a-host-with-a-name-that-is-longer-than-postgresql-keeps"
        if is_shared:
            for name in ("here/1", f"{long_name}/2"):
                stack.enter_context(closing(HostSession(store, name, timedelta(minutes=2))))
        with store.writing() as tx:
            health.beat(tx, "send", NOW, None, "here" if is_shared else "")
            health.beat(tx, "send", NOW + MINUTE, "refused", "gone" if is_shared else "")
            health.beat(tx, "scan", NOW, None, long_name)
            health.beat(tx, "scan", NOW + MINUTE, "refused", "gone")
            found = {name: beat.error for name, beat in health.beats(tx).items()}
    assert found == ({"send": "", "scan": ""} if is_shared else {"send": "refused", "scan": "refused"})


def test_an_alarm_is_raised_once_and_cleared_once(store: Store) -> None:
    """Raising what stands and clearing what does not changes nothing and says so."""
    with store.writing() as tx:
        assert health.raise_alarm(tx, "send", "stuck", NOW)
        assert not health.raise_alarm(tx, "send", "more stuck", NOW + MINUTE)
        assert health.raised(tx) == {"send": Alarm("send", "stuck", NOW)}
        assert health.clear_alarm(tx, "send")
        assert not health.clear_alarm(tx, "send")
        assert health.raised(tx) == {}
