"""The supervisor's own part: the service manager, periodic work, and threads that are lost."""

import os
import signal
import socket
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from mailgateway import clock
from mailgateway.daemon import service_manager
from mailgateway.daemon.sender import Sender
from mailgateway.daemon.supervisor import Supervisor, Tick
from mailgateway.errors import StoreBusy, TransientError
from mailgateway.flows.desk import Stop
from tests.flows.bench import Bench

pytestmark = pytest.mark.usefixtures("_signals")


@pytest.fixture
def _dying(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sender's thread end as no thread should."""
    monkeypatch.setattr(Sender, "run", lambda _sender: None)


def supervisor(bench: Bench, *ticks: Tick, reload: object = None) -> Supervisor:
    """Return a supervisor without mailboxes, with a sender that has nothing to send."""

    def nothing() -> None:
        """Take no new configuration."""

    stations = bench.gateway.outlets
    return Supervisor(bench.desk, stations, ticks, reload if callable(reload) else nothing, lambda: 0.0)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """Stand in for systemd, at the other end of its socket."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(tmp_path / "notify"))
    listening.settimeout(20)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    return listening


def test_the_service_manager_hears_of_start_life_and_end(bench: Bench, service: socket.socket) -> None:
    """READY once everything runs, WATCHDOG at twice the pace asked for, STOPPING at the end."""
    heard: list[bytes] = []

    def listen() -> None:
        while b"STOPPING=1" not in heard:
            heard.append(service.recv(100))
            if heard.count(b"WATCHDOG=1") == 3:
                os.kill(os.getpid(), signal.SIGTERM)

    listener = threading.Thread(target=listen)
    listener.start()
    supervisor(bench).run()
    listener.join(20)
    service.close()
    assert heard[0] == b"READY=1"
    assert heard[1:4] == [b"WATCHDOG=1"] * 3
    assert heard[-1] == b"STOPPING=1"


@pytest.mark.usefixtures("_dying")
def test_a_lost_thread_ends_the_daemon_with_an_error(bench: Bench, service: socket.socket) -> None:
    """Better started anew as a whole than half alive: the watchdog is not fed, and the caller learns why."""
    with pytest.raises(TransientError, match="send"):
        supervisor(bench).run()
    assert service.recv(100) == b"READY=1"
    assert service.recv(100) == b"STOPPING=1"
    service.close()


def test_a_deaf_service_manager_ends_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A socket that is not there is logged, and that is all."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    service_manager.tell("READY=1")


@pytest.mark.parametrize("text", ["", "0", "-1", "soon"])
def test_no_watchdog_is_fed_that_nobody_set(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Without a proper interval none is known."""
    monkeypatch.setenv("WATCHDOG_USEC", text)
    assert service_manager.watchdog_seconds() is None


def test_periodic_work_that_fails_comes_again_and_never_overlaps(bench: Bench) -> None:
    """A bug or a busy database costs one turn; work that takes longer than its interval is not begun twice."""
    turns: list[bool] = []
    busy = threading.Lock()
    errors: list[Exception] = [ValueError("a bug"), StoreBusy("locked")]

    def work(_stop: Stop) -> None:
        turns.append(busy.acquire(blocking=False))
        threading.Event().wait(0.05)
        busy.release()
        if errors:
            raise errors.pop()
        if len(turns) == 4:
            os.kill(os.getpid(), signal.SIGTERM)

    supervisor(bench, Tick("work", timedelta(seconds=0.01), work)).run()
    assert len(turns) >= 4
    assert all(turns)


def test_periodic_work_goes_on_when_the_clock_was_set_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work whose next turn is suddenly an hour away, as it is then, is done at once and goes on."""
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    turns: list[object] = []

    def work(_stop: Stop) -> None:
        job = at_work._scheduler.get_job("work")
        turns.append(job)
        if len(turns) == 1:
            job.modify(next_run_time=clock.now() + timedelta(hours=1))
        elif len(turns) == 4:
            os.kill(os.getpid(), signal.SIGTERM)

    at_work = supervisor(bench, Tick("work", timedelta(seconds=0.1), work))
    at_work.run()
    assert len(turns) >= 4


def test_periodic_work_is_not_hurried_where_the_hosts_clock_is_ahead(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes by the host's own clock, whatever the one says that all hosts go by."""
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    monkeypatch.setattr(clock, "now", lambda: clock.own() - timedelta(minutes=20))
    hurried: list[Stop] = []
    looks: list[Stop] = []

    def look(stop: Stop) -> None:
        looks.append(stop)
        if len(looks) == 5:
            os.kill(os.getpid(), signal.SIGTERM)

    hourly, often = Tick("hourly", timedelta(hours=1), hurried.append), Tick("often", timedelta(seconds=0.1), look)
    supervisor(bench, hourly, often).run()
    assert hurried == []


def test_a_reload_that_breaks_changes_nothing(bench: Bench) -> None:
    """A bug while the configuration is read leaves the daemon as it was."""
    asked: list[int] = []

    def reload() -> None:
        asked.append(1)
        raise ValueError("a bug")

    def work(_stop: Stop) -> None:
        os.kill(os.getpid(), signal.SIGTERM if asked else signal.SIGHUP)

    supervisor(bench, Tick("work", timedelta(seconds=0.02), work), reload=reload).run()
    assert asked


def test_the_daemon_does_by_itself_what_nobody_asks_for(bench: Bench) -> None:
    """Alarms and digests, mails left over, what is due, reports, news of problems, retention, and changed files."""
    ticks = bench.gateway.supervisor()._ticks
    expected = {"watch", "left_over", "attend", "reports", "inform", "retention", "configuration"}
    assert {tick.name for tick in ticks} == expected
