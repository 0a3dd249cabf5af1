"""Alarms: raised when it is time, told once, taken back once."""

from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailgateway.errors import SmtpUnavailable
from mailgateway.flows.health.beats import PRIMARY, SEND, beat, fetching
from mailgateway.flows.ingest import ingest_waiting
from mailgateway.flows.timed import watch
from mailgateway.mail.parse import parse
from mailgateway.store import health
from mailgateway.store.hosts.session import HostSession
from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, NOON, Bench
from tests.servers.sink import Sink

THRESHOLDS = watch.Thresholds(15 * MINUTE, 15 * MINUTE)


def look(bench: Bench) -> list[str]:
    """Watch twice, as two daemons do, and return the alarms queued, oldest first."""
    for _ in range(2):
        watch.watch(bench.desk, ["support", "sales"], THRESHOLDS, NOON)
    return [line.to for line in bench.letters() if line.template == "alarm"]


def titles(bench: Bench, sink: Sink) -> list[str]:
    """Send what is due, and return the subjects of the mails to the admin."""
    bench.send(sink)
    return [parse(one.content).subject for one in sink.received if one.rcpt_tos == ("postmaster@example.com",)]


def test_a_silent_mailbox_is_told_once_and_its_recovery_once(bench: Bench, sink: Sink) -> None:
    """After 15 minutes without a good fetch one mail, and one more when it is well again; the other box is quiet."""
    for minute in range(40):
        bench.now = NOON + minute * MINUTE
        beat(bench.desk, fetching("sales"), None)
        beat(bench.desk, fetching("support"), "connection refused" if minute < 30 else None)
        assert len(look(bench)) == (0 if minute < 15 else 1 if minute < 30 else 2)
        bench.send(sink)
    alarm, recovery = titles(bench, sink)
    assert alarm.endswith("No mail fetched from mailbox support for 15 minutes")
    assert "Well again" in recovery
    assert b"connection refused" in sink.received[0].content


def test_a_refused_login_raises_the_same_alarm(bench: Bench) -> None:
    """A mailbox that was never fetched from since the start counts from the start."""
    bench.now = NOON + 14 * MINUTE
    assert look(bench) == []
    bench.now = NOON + 15 * MINUTE
    assert len(look(bench)) == 2


def test_a_daemon_that_starts_takes_back_no_alarm(bench: Bench) -> None:
    """Another host, or the same one started anew, knows nothing of before; the mailbox is as silent as it was."""
    beat(bench.desk, fetching("sales"), None)
    for minute in range(14, 60):
        bench.now = NOON + minute * MINUTE
        for well in (fetching("sales"), SEND):
            beat(bench.desk, well, None)
        for started in (NOON, bench.now - MINUTE):
            watch.watch(bench.desk, ["support", "sales"], THRESHOLDS, started)
    assert len([line for line in bench.letters() if line.template == "alarm"]) == 1


def test_letters_that_cannot_leave_are_told_once(bench: Bench, sink: Sink) -> None:
    """After 15 minutes of outage one mail is queued, which leaves when the server is back, and the recovery."""
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    bench.ingest()
    sink.stop()
    for minute in range(20):
        bench.now = NOON + minute * MINUTE
        for mailbox in ("support", "sales"):
            beat(bench.desk, fetching(mailbox), None)
        with pytest.raises(SmtpUnavailable) as refusal:
            bench.send(sink)
        beat(bench.desk, SEND, str(refusal.value))
        assert len(look(bench)) == (0 if minute < 15 else 1)
    sink.start()
    bench.send(sink)
    assert len(look(bench)) == 2
    first, second = titles(bench, sink)
    assert "No letter could be sent for 15 minutes" in first
    assert "Well again" in second


def test_a_letter_put_off_for_hours_is_no_alarm_when_its_time_comes(bench: Bench, sink: Sink) -> None:
    """One recipient who is put off again and again says nothing about the server."""
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    bench.ingest()
    sink.answer("RCPT", "450 4.2.0 later", recipient="carla@customer.example", times=None)
    for _ in range(6):
        bench.send(sink)
        due = next(line.next_attempt_at for line in bench.letters() if line.next_attempt_at)
        for mailbox in ("support", "sales"):
            bench.now = due + timedelta(seconds=5)
            beat(bench.desk, fetching(mailbox), None)
        assert look(bench) == []


def test_a_long_queue_that_moves_is_no_alarm(bench: Bench) -> None:
    """Letters that are long due wait their turn while others leave."""
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    bench.ingest()
    bench.now = NOON + 60 * MINUTE
    for part in (SEND, fetching("support"), fetching("sales")):
        beat(bench.desk, part, None)
    assert look(bench) == []


def test_the_sender_is_woken_after_the_commit(bench: Bench) -> None:
    """Whoever is woken finds the letter."""
    seen: list[int] = []

    def look_up() -> None:
        with bench.store.reading() as tx:
            seen.append(len(outbox.listed(tx, everything=False, limit=0)))

    desk = replace(bench.desk, letters_waiting=look_up)
    watch.tell(desk, "Something", ["happened"], "occasion")
    watch.tell(desk, "Something", ["happened"], "occasion")
    bench.now = NOON + 20 * MINUTE
    watch.watch(desk, ["support"], THRESHOLDS, NOON)
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    ingest_waiting(desk, None, stop=lambda: False)
    assert seen == [1, 1, 3, 5]


def test_one_host_that_sends_makes_up_for_one_that_cannot(shared_bench: Bench) -> None:
    """Letters that go by the fall-back on one host, and by the server on another one, raise no alarm until all do."""
    bench = shared_bench
    route = replace(bench.desk.policy().routes[0], fallback="backup.example:25")
    policy = replace(bench.desk.policy(), routes=(route,))
    one, two = (replace(bench.desk, host=host, policy=lambda: policy) for host in ("one", "two"))
    with ExitStack() as stack:
        for name in ("one/1", "two/2"):
            stack.enter_context(closing(HostSession(bench.store, name, 2 * MINUTE)))
        for minute in range(35):
            bench.now = NOON + minute * MINUTE
            beat(one, PRIMARY, None if minute < 10 else "refused")
            beat(two, PRIMARY, "refused")
            for mailbox in ("support", "sales"):
                beat(two, fetching(mailbox), None)
            bench.desk = two
            assert len(look(bench)) == (0 if minute < 24 else 1)


def test_watching_forgets_hosts_that_are_gone(bench: Bench) -> None:
    """Their last signs of life go where another host has taken over."""
    beat(replace(bench.desk, host="gone"), SEND, "refused")
    bench.now += timedelta(days=2)
    beat(bench.desk, SEND, None)
    look(bench)
    with bench.store.reading() as tx:
        assert [one.host for one in health.beats_of_hosts(tx)] == [""]


def test_mails_that_are_put_off_again_and_again_are_told(bench: Bench, tmp_path: Path) -> None:
    """The bytes of one cannot be read: after a time the admin knows, and hears when it is filed."""
    since = bench.now
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    (blob,) = (tmp_path / "blobs").rglob("*.z")
    kept = blob.rename(blob.with_suffix(".kept"))
    blob.symlink_to(blob)  # the system goes round in circles, and gives up
    told = []
    for _ in range(3):
        bench.ingest()
        bench.now += 10 * MINUTE
        watch.watch(bench.desk, [], watch.Thresholds(15 * MINUTE, 600 * MINUTE), since)
        told.append(len(bench.letters()))
    assert told == [0, 1, 1]
    kept.replace(blob)
    bench.ingest()
    watch.watch(bench.desk, [], watch.Thresholds(15 * MINUTE, 600 * MINUTE), since)
    assert len([line for line in bench.letters() if line.template == "alarm"]) == 2
