"""One mail must not stop another: faults of ours, of the database, and of the configuration."""

from dataclasses import replace
from typing import Any

import pytest

from mailgateway.desk.decide import Incoming
from mailgateway.desk.quarantine.decision import Decision, Order
from mailgateway.errors import BlobsAway, StoreBusy, StoreUnusable
from mailgateway.flows import judge, understand
from mailgateway.flows.ingest import ingest, ingest_left_over, ingest_waiting
from mailgateway.flows.races import despite_races
from mailgateway.mail.model import Mail
from mailgateway.metrics.counters import Counters
from mailgateway.store.blobs import Blobs
from mailgateway.store.incoming import quarantine
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, Bench


def three(bench: Bench) -> None:
    """Put three mails into the spool."""
    bench.arrive(*(message(f"c{number}@customer.example", f"M{number}", "abracadabra") for number in (1, 2, 3)))


def break_one(monkeypatch: pytest.MonkeyPatch, error: Exception, place: str = "classify") -> None:
    """Let a pure function of ours fail for the second mail."""
    flow = judge if place == "decide_mail" else understand
    whole = getattr(flow, place)

    def broken(mail: Mail | Incoming, *args: Any) -> Any:
        subject = mail.subject if isinstance(mail, Mail) else mail.mail.subject
        if subject == "M2":
            raise error
        return whole(mail, *args)

    monkeypatch.setattr(flow, place, broken)


@pytest.mark.parametrize("place", ["classify", "split_reply", "decide_mail"])
@pytest.mark.parametrize("error", [ValueError("abracadabra"), RecursionError("deep"), MemoryError("much")])
def test_a_bug_on_one_mail_quarantines_it_and_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception, place: str
) -> None:
    """It is set aside with stage and error, the mails behind it are filed, and nothing half done is left."""
    three(bench)
    with monkeypatch.context() as patched:
        break_one(patched, error, place)
        assert bench.ingest() == 3
    assert bench.subjects() == ["M1", "M3"]
    (entry,) = bench.aside()
    assert (entry.subject, entry.stage) == ("M2", "ingest")
    assert entry.error == f"{type(error).__name__}: {error}"
    with bench.store.writing() as tx:
        assert quarantine.decide(tx, [Decision(entry.id, Order.RELEASE)], "root", bench.now) == {entry.id}
    assert ingest(bench.desk, entry.id) == "opened"
    assert bench.subjects() == ["M1", "M3", "M2"]
    assert bench.aside() == ()


def test_a_bug_puts_no_word_of_a_mail_into_the_log(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log tells where the bug is, with spool id and Message-ID, and not what it stumbled over."""
    three(bench)
    break_one(monkeypatch, ValueError("abracadabra"))
    bench.ingest()
    written = "".join(capsys.readouterr())
    assert "ingest.broken" in written
    assert "in understand" in written
    assert "abracadabra" not in written
    broken = next(line for line in written.splitlines() if "ingest.broken" in line)
    assert "client.example" in broken
    assert "spool_id=2" in broken


def test_a_database_that_is_busy_postpones_a_mail(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits half a minute and is filed then; it is nobody's fault."""
    three(bench)
    with monkeypatch.context() as patched:
        break_one(patched, StoreBusy("locked"), "decide_mail")
        assert bench.ingest() == 2
    assert bench.ingest() == 0
    bench.now += MINUTE
    assert bench.ingest() == 1
    assert bench.subjects() == ["M1", "M3", "M2"]
    assert bench.aside() == ()


def test_connections_that_were_cut_postpone_no_mail(shared_bench: Bench) -> None:
    """The database ends the connections that wait in the pool: the mail that meets one is filed by another."""
    three(shared_bench)
    others = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with shared_bench.store.reading() as one, shared_bench.store.reading() as other:
        for tx in (one, other):
            tx.connection.exec_driver_sql("SELECT 1")
    with shared_bench.store.writing() as tx:
        tx.connection.exec_driver_sql(f"{others} AND datname = current_database()")
    assert sorted(str(ingest(shared_bench.desk, spool_id)) for spool_id in (1, 2, 3)) == ["opened"] * 3


def test_a_database_that_cannot_be_used_is_no_mails_fault(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The round ends with the error, and every mail waits."""
    three(bench)
    with monkeypatch.context() as patched:
        break_one(patched, StoreUnusable("gone"), "decide_mail")
        with pytest.raises(StoreUnusable):
            bench.ingest()
    assert bench.ingest() == 2
    assert bench.aside() == ()


def test_a_race_is_run_again_a_few_times() -> None:
    """Work that is spoilt by another writer is done again, and given up when that never ends."""
    left = [3]

    def work() -> str:
        left[0] -= 1
        if left[0] >= 0:
            raise StoreBusy("another writer was first")
        return "done"

    assert despite_races(work) == "done"
    left[0] = 100
    with pytest.raises(StoreBusy):
        despite_races(work)
    assert left[0] == 95


def test_mails_of_a_mailbox_that_is_gone_are_filed(bench: Bench) -> None:
    """What waits for longer than any worker takes is filed, whichever mailbox it came from."""
    bench.arrive(message("carla@customer.example", "Left over", "Text"), mailbox="gone")
    assert ingest_left_over(bench.desk, stop=lambda: False) == 0
    bench.now += MINUTE
    assert ingest_left_over(bench.desk, stop=lambda: True) == 0
    assert ingest_left_over(bench.desk, stop=lambda: False) == 1
    assert bench.subjects() == ["Left over"]


def test_blobs_that_are_away_are_asked_once_a_mail(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time may be a time-out that all others wait for; the mail is tried again later."""
    bench.arrive(message("anna@customer.example", "Printer", "It jams."))
    asked: list[str] = []

    def away(_blobs: Blobs, digest: str) -> bytes:
        asked.append(digest)
        raise BlobsAway("blobs: s3://bucket: no answer in time")

    with monkeypatch.context() as patched:
        patched.setattr(Blobs, "get", away)
        assert bench.ingest() == 0
    assert len(asked) == 1
    bench.now += MINUTE
    assert bench.ingest() == 1


def test_each_stage_of_the_work_is_timed(bench: Bench) -> None:
    """Once for a mail, so that an admin sees whether scanner, blob store or database is slow."""
    counters = Counters()
    bench.arrive(message("carla@customer.example", "The printer is broken", "Help."))
    assert ingest_waiting(replace(bench.desk, observer=lambda: counters), None, stop=lambda: False) == 1
    timed = {
        stage: counters.registry.get_sample_value("mailgateway_stage_duration_seconds_count", {"stage": stage})
        for stage in ("understand", "keep", "decide", "commit", "ingest")
    }
    assert timed == dict.fromkeys(timed, 1)
