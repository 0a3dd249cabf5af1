"""Mailboxes with servers of their own: each letter leaves by its mailbox's, and no outage holds up another's."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mailgateway.daemon.once import run_once
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.letters.pacing import Pace, Rate
from mailgateway.errors import SmtpUnavailable
from mailgateway.flows.health.beats import beat, fetching
from mailgateway.flows.sending.deliver import deliver_due
from mailgateway.flows.timed import watch
from mailgateway.mail.parse import parse
from mailgateway.smtp.pool import Pool
from mailgateway.store import health
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.outbox import OutboxLine
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, NOON, Bench, relay_of
from tests.servers.dovecot import PASSWORD
from tests.servers.sink import Sink

THRESHOLDS = watch.Thresholds(15 * MINUTE, 15 * MINUTE)
SALES = """
  - name: sales
    address: sales@example.com
    imap: {{host: 127.0.0.1, port: 1, tls: none, username: s, password: {{env: OFFICE_PASSWORD}}}}
    default: {{group: first-line}}
    smtp: {{host: 127.0.0.1, port: {port}, tls: none{more}}}
smtp: {{host: 127.0.0.1, port: {other}, tls: none}}"""


@pytest.fixture
def theirs() -> Iterator[Sink]:
    """Give the server of the mailbox sales."""
    with Sink() as sink:
        yield sink


@pytest.fixture
def both(bench: Bench, tmp_path: Path, sink: Sink, theirs: Sink, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Give a desk with a mailbox that has a server of its own, and a letter to a customer of each."""
    monkeypatch.setenv("OFFICE_PASSWORD", PASSWORD)
    configure(bench, tmp_path, SALES.format(port=theirs.port, other=sink.port, more=""))
    bench.arrive(message("carla@customer.example", "One", "Why?"))
    bench.arrive(message("dora@customer.example", "Two", "Why?", to="sales@example.com"), mailbox="sales")
    bench.ingest()
    return bench


def configure(bench: Bench, folder: Path, servers: str) -> None:
    """Write other servers into the configuration, and take it up."""
    file = folder / "gateway.yaml"
    before, _, _ = file.read_text().partition("  - name: sales")
    head = before.partition("smtp: {host: 127.0.0.1, port: 1,")[0]
    rest = file.read_text().partition("notifications:")
    file.write_text(f"{head.rstrip()}{servers}\n{rest[1]}{rest[2]}")
    bench.gateway.reload()
    bench.desk = replace(bench.desk, policy=bench.gateway.desk.policy)


def once(bench: Bench) -> tuple[str, ...]:
    """Send by every server what is due."""
    return run_once((), bench.gateway.outlets(), bench.desk, lambda: False)


def to(sink: Sink) -> set[str]:
    """Return whom a server got letters for."""
    return {one.rcpt_tos[0] for one in sink.received}


def waiting(bench: Bench) -> set[str]:
    """Return whose letters wait."""
    return {line.to for line in bench.letters() if line.state is DeliveryState.QUEUED}


def test_each_letter_leaves_by_the_server_of_its_mailbox(both: Bench, sink: Sink, theirs: Sink) -> None:
    """The letters to customers and to agents, each by that of the mailbox that it is from."""
    assert once(both) == ()
    assert to(sink) == {"carla@customer.example", "anna@example.com"}
    assert to(theirs) == {"dora@customer.example", "anna@example.com"}
    assert {parse(one.content).sender.address for one in theirs.received} == {"sales@example.com"}  # type: ignore[union-attr]


@pytest.mark.parametrize("down", ["sink", "theirs"])
def test_an_outage_of_one_server_holds_up_no_letter_of_the_other(
    both: Bench, sink: Sink, theirs: Sink, down: str
) -> None:
    """Whichever it is; its letters wait as they were, and are claimed by nobody meanwhile."""
    dead, alive = (sink, theirs) if down == "sink" else (theirs, sink)
    dead.stop()
    for number in range(10):
        both.arrive(message(f"c{number}@customer.example", "More", "Why?"))
    both.ingest()
    (problem,) = once(both)
    assert ("mailbox sales" in problem) is (down == "theirs")
    assert str(dead.port) in problem
    assert len(alive.received) == (2 if down == "sink" else 22)
    assert {line.attempts for line in both.letters() if line.state is DeliveryState.QUEUED} == {0}
    dead.start()
    assert once(both) == ()
    assert waiting(both) == set()


def test_a_change_of_the_servers_counts_for_letters_that_wait(both: Bench, tmp_path: Path, sink: Sink) -> None:
    """Letters of a mailbox whose server was taken away leave by that of all others."""
    configure(both, tmp_path, f"\nsmtp: {{host: 127.0.0.1, port: {sink.port}, tls: none}}")
    assert len(both.gateway.outlets()) == 1
    assert once(both) == ()
    assert "dora@customer.example" in to(sink)


def test_an_outage_is_told_with_mailbox_and_server(both: Bench, sink: Sink, theirs: Sink) -> None:
    """The admin hears which letters do not leave, and of the one server only."""
    theirs.stop()
    for minute in (0, 15, 16):
        both.now = NOON + minute * MINUTE
        for mailbox in ("support", "sales"):
            beat(both.desk, fetching(mailbox), None)
        once(both)
        watch.watch(both.desk, ["support", "sales"], THRESHOLDS, NOON)
    once(both)
    [alarm] = [parse(one.content) for one in sink.received if one.rcpt_tos == ("postmaster@example.com",)]
    assert alarm.subject.endswith("No letter of mailbox sales could be sent for 15 minutes")
    assert f"127.0.0.1:{theirs.port}" in alarm.text


def test_rates_are_counted_for_each_server(both: Bench, sink: Sink, theirs: Sink) -> None:
    """What left by one server uses up nothing of what may leave by the other."""
    for outlet, server in zip(both.gateway.outlets(), (sink, theirs), strict=True):
        sending = replace(outlet.sending, pace=Pace({"customer.example": Rate(1, MINUTE)}))
        with closing(Pool(relay_of(server))) as pool:
            deliver_due(both.desk, pool, sending, both.in_hand, lambda: False)
    assert waiting(both) == set()


def test_the_fallback_is_told_of_while_it_is_in_use(both: Bench, tmp_path: Path, sink: Sink, theirs: Sink) -> None:
    """An alarm says which letters go by it, and takes it back when the first server works again."""
    more = f", fallback: {{host: 127.0.0.1, port: {sink.port}, tls: none}}"
    configure(both, tmp_path, SALES.format(port=theirs.port, other=sink.port, more=more))
    assert once(both) == ()
    theirs.stop()
    for minute in (0, 10, 20):
        both.now = NOON + minute * MINUTE
        for mailbox in ("support", "sales"):
            beat(both.desk, fetching(mailbox), None)
        both.arrive(message(f"d{minute}@customer.example", "More", "?", to="sales@example.com"), mailbox="sales")
        both.ingest()
        assert once(both) == ()
        watch.watch(both.desk, ["support", "sales"], THRESHOLDS, NOON)
    with both.store.reading() as tx:
        alarms = {name: alarm.text for name, alarm in health.raised(tx).items()}
    first, other = f"127.0.0.1:{theirs.port}", f"127.0.0.1:{sink.port}"
    assert alarms == {"primary:sales": f"Letters of mailbox sales go by the fall-back {other}: {first} is out"}
    theirs.start()
    both.arrive(message("late@customer.example", "More", "?", to="sales@example.com"), mailbox="sales")
    both.ingest()
    once(both)
    watch.watch(both.desk, ["support", "sales"], THRESHOLDS, NOON)
    with both.store.reading() as tx:
        assert health.raised(tx) == {}


def letter_to(bench: Bench, recipient: str) -> OutboxLine:
    """Return the letter to somebody."""
    (line,) = [line for line in bench.letters() if line.to == recipient]
    return line


@pytest.mark.parametrize("everything", [True, False])
def test_a_letter_that_waits_for_its_rate_is_sent_when_an_operator_says_now(
    bench: Bench, sink: Sink, *, everything: bool
) -> None:
    """By its id or with all that wait; the rate still holds for the others."""
    bench.sending = replace(bench.sending, pace=Pace({"customer.example": Rate(1, 60 * MINUTE)}))
    bench.arrive(*(message(f"c{number}@customer.example", "Question", "Why?") for number in range(3)))
    bench.ingest()
    bench.send(sink)
    assert waiting(bench) == {"c1@customer.example", "c2@customer.example"}
    with bench.store.writing() as tx:
        if everything:
            assert outbox.retry_waiting(tx, bench.now) == 2
        else:
            assert outbox.retry(tx, [letter_to(bench, "c2@customer.example").id], bench.now) == 1
    bench.send(sink)
    assert waiting(bench) == (set() if everything else {"c1@customer.example"})


def test_a_letter_that_waits_for_its_next_try_is_sent_when_an_operator_says_now(bench: Bench, sink: Sink) -> None:
    """It gets a full time to try, and goes before what is due already."""
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    bench.ingest()
    sink.answer("RCPT", "451 4.3.0 later", recipient="carla@customer.example")
    bench.send(sink)
    bench.now += MINUTE / 2
    bench.arrive(message("dora@customer.example", "Question", "Why?"))
    bench.ingest()
    with bench.store.writing() as tx:
        assert outbox.retry_waiting(tx, bench.now) == 1
    sink.clear()
    bench.send(sink, connections=1)
    assert sink.received[0].rcpt_tos == ("carla@customer.example",)


def test_an_outage_is_raised_to_who_sends(both: Bench, theirs: Sink) -> None:
    """A sender hears of its own server alone."""
    theirs.stop()
    default, sales = both.gateway.outlets()
    with closing(default.pool()) as pool:
        assert deliver_due(both.desk, pool, default.sending, both.in_hand, lambda: False) == 2
    with closing(sales.pool()) as pool, pytest.raises(SmtpUnavailable):
        deliver_due(both.desk, pool, sales.sending, both.in_hand, lambda: False)
