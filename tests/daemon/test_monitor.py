"""Who asks how the daemon is waits for nothing, and is told what does not get on."""

import threading
from datetime import timedelta

import pytest

from mailgateway.daemon import lookout, pulse
from mailgateway.daemon.lookout import Lookout
from mailgateway.daemon.pulse import Pulse
from mailgateway.daemon.supervisor import Supervisor, Tick
from mailgateway.daemon.worker import Worker
from mailgateway.errors import StoreBusy
from mailgateway.flows.health.condition import Here, Patience, liveness, readiness
from mailgateway.store.depths import Depths
from mailgateway.store.health import Beat
from tests.flows.bench import MINUTE, NOON, Bench

NOTHING = Depths({}, {}, {}, {}, {}, {})
PATIENCE = Patience(fetch=15 * MINUTE, send=15 * MINUTE)


def test_a_database_that_hangs_holds_up_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks is answered in time with nothing, however often, and nobody asks it beside."""
    monkeypatch.setattr(lookout, "PATIENCE_SECONDS", 0.05)
    hanging, asked = threading.Event(), []

    def ask() -> Depths:
        asked.append(1)
        hanging.wait(30)
        return NOTHING

    looking = Lookout(ask)
    assert [looking.depths() for _ in range(3)] == [None] * 3
    assert asked == [1]
    hanging.set()
    monkeypatch.setattr(lookout, "PATIENCE_SECONDS", 30)
    assert looking.depths() is NOTHING


@pytest.mark.parametrize("error", [StoreBusy("locked"), ValueError("a bug")])
def test_one_look_serves_all_who_ask_for_a_while(error: Exception) -> None:
    """Also one that found nobody: a database in need is not asked ever more."""
    asked = []

    def ask() -> Depths:
        asked.append(1)
        raise error

    looking = Lookout(ask)
    assert [looking.depths() for _ in range(3)] == [None] * 3
    assert asked == [1]


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a thread be given up at once."""
    monkeypatch.setattr(pulse, "PATIENCE", timedelta(seconds=-1))


@pytest.mark.usefixtures("_impatient")
def test_a_thread_may_wait_as_long_as_it_said() -> None:
    """It is overdue only behind that."""
    one = Pulse()
    assert one.overdue_seconds > 0
    one.beat(timedelta(minutes=1))
    assert one.overdue_seconds == 0


def test_a_thread_that_ended_and_work_that_hangs_are_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """All others get on."""

    def nothing(_stop: object = None) -> None:
        """Do nothing."""

    ticks = (Tick("watch", MINUTE, nothing),)
    supervisor = Supervisor(bench.desk, bench.gateway.outlets, ticks, nothing, lambda: 0.0)
    supervisor.match_workers()
    assert supervisor.unwell() == {}
    [sender] = [thread for thread in threading.enumerate() if thread.name == "send"]
    sender.ask_to_stop()  # type: ignore[attr-defined]
    sender.join(10)
    assert supervisor.unwell() == {"send": "its thread has ended"}
    monkeypatch.setattr(Pulse, "overdue_seconds", 42.0)
    assert supervisor.unwell()["watch"] == "silent for 42 s too long"


def test_what_fails_on_this_host_is_named_and_mailboxes_are_not(bench: Bench) -> None:
    """A mailbox is left to others; since when a sender fails is kept from failure to failure."""
    supervisor = Supervisor(bench.desk, bench.gateway.stations, (), lambda: None, lambda: 0.0)
    supervisor.match_workers()
    workers = {one.name: one for one in threading.enumerate() if isinstance(one, Worker)}
    try:
        for worker in workers.values():
            worker.failing_since = NOON
        assert set(workers) >= {"send", "fetch:support"}
        assert supervisor.failing() == {"send": NOON}
    finally:
        for worker in workers.values():
            worker.ask_to_stop()
            worker.join(10)


def test_a_mailbox_that_is_silent_takes_no_host_away() -> None:
    """It is told, as is a refused configuration; one failure does not count yet."""

    def warnings(beat: Beat | None, refused: int = 0) -> tuple[str, ...]:
        depths = Depths({}, {}, {}, {}, {}, {}, {"fetch:support": beat} if beat else {})
        found = readiness(Here(refused=refused), depths, ["support"], PATIENCE, NOON)
        assert found.is_well
        return found.warnings

    silent = ("mailbox support is not read: `mailgateway status` tells why",)
    assert warnings(Beat("fetch:support", NOON - MINUTE, NOON, "cut off")) == ()
    assert warnings(Beat("fetch:support", NOON - PATIENCE.fetch, NOON, "")) == silent
    assert warnings(Beat("fetch:support", None, NOON, "refused")) == warnings(None) == silent
    assert len(warnings(Beat("fetch:support", NOON, NOON, ""), refused=2)) == 1


def test_a_host_without_its_database_or_its_threads_is_not_ready() -> None:
    """Another host may do better: a balancer and a person look there."""
    unwell = liveness({"send": "its thread has ended"})
    nothing = Depths({}, {}, {}, {}, {}, {}, {})
    assert readiness(Here(), None, [], PATIENCE, NOON).problems == ("the database does not answer",)
    assert readiness(Here(unwell), nothing, [], PATIENCE, NOON).problems == ("send: its thread has ended",)
    assert len(readiness(Here(unwell), None, ["support"], PATIENCE, NOON).problems) == 2


@pytest.mark.parametrize(
    ("host", "error", "minutes", "is_well", "warnings"),
    [
        ("two", "", 14, True, 0),
        ("two", "", 15, False, 0),
        ("two", "refused", 15, True, 1),
        ("one", "", 15, True, 1),
    ],
)
def test_a_host_that_cannot_send_is_not_ready_while_another_one_can(
    host: str, error: str, minutes: int, *, is_well: bool, warnings: int
) -> None:
    """Where none can, no host would do better; a failure of a moment says nothing, nor does an old word of its own."""
    depths = Depths({}, {}, {}, {}, {}, {}, {"send": Beat("send", NOON, NOON, error, host)})
    failing = {"send": NOON - minutes * MINUTE}
    found = readiness(Here(failing=failing, host="one"), depths, [], PATIENCE, NOON)
    assert (found.is_well, len(found.warnings)) == (is_well, warnings)


def test_a_part_of_which_nobody_told_anything_fails_everywhere() -> None:
    """Its own sign of life may be lost."""
    found = readiness(Here(failing={"call:crm": NOON - 15 * MINUTE}), NOTHING, [], PATIENCE, NOON)
    assert (found.is_well, found.warnings) == (True, ("call:crm fails: `mailgateway status` tells why",))
