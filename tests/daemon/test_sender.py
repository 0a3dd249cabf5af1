"""Senders: woken by an operator's wish in the middle of a pause, and replaced when their server changes."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete

from mailgateway.daemon import sender, worker
from mailgateway.daemon.sender import Outlet, Sender
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.store import health
from mailgateway.store.outgoing import outbox
from mailgateway.store.tables.tickets import OutboxRow
from tests.daemon.waiting import wait_until
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, Bench, relay_of
from tests.servers.sink import Sink


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Make the pause after a failure an hour long, and tell when one begins."""
    begun = threading.Event()

    def pause(*_: object, **__: object) -> timedelta:
        begun.set()
        return timedelta(hours=1)

    monkeypatch.setattr(worker, "pause", pause)
    monkeypatch.setattr(sender, "GLANCE", timedelta(seconds=0.02))
    return begun


def test_an_operators_wish_ends_the_pause_after_an_outage(bench: Bench, sink: Sink, paused: threading.Event) -> None:
    """`outbox retry` in another process is noticed; what waited since before the pause ends nothing."""
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    bench.ingest()
    sink.stop()
    at_work = Sender(Outlet(relay_of(sink), None, bench.sending), bench.desk, lambda: 0.0)
    at_work.start()
    assert paused.wait(20)
    sink.start()
    bench.now += MINUTE
    with bench.store.writing() as tx:
        outbox.retry(tx, [line.id for line in bench.letters()], bench.now)
    wait_until(lambda: {line.state for line in bench.letters()} == {DeliveryState.SENT})
    at_work.ask_to_stop()
    at_work.join(10)
    assert not at_work.is_alive()


class _Stop(threading.Event):
    """Tells that somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_waited_for = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.is_waited_for.set()
        return super().wait(timeout)


def test_letters_that_are_queued_soon_after_others_leave_together(
    bench: Bench, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round for each would hold up those who queue them; who asks the sender to leave does not wait for the next."""
    monkeypatch.setattr(sender, "AT_MOST_EVERY", timedelta(hours=1))
    at_work = Sender(Outlet(relay_of(sink), None, bench.sending), bench.desk, lambda: 0.0)
    at_work.stop_asked = asked = _Stop()
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    bench.ingest()
    at_work.start()
    sink.wait_for(2)
    bench.arrive(message("dan@customer.example", "Question", "Why?"))
    bench.ingest()
    at_work.wake()
    assert asked.is_waited_for.wait(20)
    assert [line.state for line in bench.letters()].count(DeliveryState.QUEUED) == 2
    at_work.ask_to_stop()
    at_work.join(10)
    assert not at_work.is_alive()
    assert len(sink.received) == 2


def test_outlets_are_equal_as_long_as_their_servers_are(bench: Bench) -> None:
    """A reload that changes other things replaces no sender, whatever letters waited for their turn meanwhile."""
    (before,) = bench.gateway.outlets()
    before.sending.pace.lines["x.example", 0] = bench.now  # type: ignore[index]  # any key will do
    bench.gateway.reload()
    (after,) = bench.gateway.outlets()
    assert after == before
    assert replace(after, relay=replace(after.relay, connections=9)) != before


def test_a_sender_that_was_cut_off_finds_its_server_again_without_a_letter(
    bench: Bench, sink: Sink, paused: threading.Event
) -> None:
    """Another host has sent what was due meanwhile: this one is well once it reaches the server, and not before."""
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    bench.ingest()
    sink.stop()
    at_work = Sender(Outlet(relay_of(sink), None, bench.sending), bench.desk, lambda: 0.0)
    at_work.start()
    assert paused.wait(20)
    with bench.store.writing() as tx:
        tx.connection.execute(delete(OutboxRow))
    paused.clear()
    at_work.hurry()
    assert paused.wait(20)
    assert at_work.failing_since == bench.now
    assert error(bench)
    sink.start()
    at_work.hurry()
    wait_until(lambda: at_work.failing_since is None)
    assert not error(bench)
    at_work.ask_to_stop()
    at_work.join(10)


def error(bench: Bench) -> str:
    """Return why nothing can be sent."""
    with bench.store.reading() as tx:
        return health.beats(tx)["send"].error
