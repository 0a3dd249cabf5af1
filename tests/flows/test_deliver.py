"""From the outbox to the server: what every answer of a server does to a letter, and what an outage does not."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailgateway.desk.letters.delivery import Attempt, Delivery, DeliveryState, deferred
from mailgateway.desk.letters.pacing import Pace, Rate
from mailgateway.errors import SmtpUnavailable, StoreBusy
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import beat, fetching
from mailgateway.flows.sending import owners, supply
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.sending.outcomes import Outcomes
from mailgateway.flows.timed import watch
from mailgateway.mail.model import Letter
from mailgateway.smtp.connection import Connection
from mailgateway.smtp.outcome import Outcome
from mailgateway.smtp.pool import Pool
from mailgateway.store import health
from mailgateway.store.engine import Store, Transaction
from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, NOON, Bench
from tests.servers.sink import Sink

CARLA = "carla@customer.example"
HOUR = 60 * MINUTE
THRESHOLDS = watch.Thresholds(15 * MINUTE, 15 * MINUTE)
SHORT = timedelta(seconds=0.5)


@pytest.fixture(autouse=True)
def _receipt(bench: Bench) -> None:
    bench.arrive(message(CARLA, "Question", "Why?"))
    bench.ingest()


def receipt(bench: Bench) -> outbox.OutboxLine:
    """Return the letter to the customer."""
    (line,) = [line for line in bench.letters() if line.to == CARLA]
    return line


def test_later_means_later_and_later_again_until_the_time_is_over(bench: Bench, sink: Sink) -> None:
    """A 4xx answer is tried again after 1, 5, 30 and then every 60 minutes, for `retry_for`; then the letter fails."""
    sink.answer("RCPT", "450 4.2.0 later", recipient=CARLA, times=None)
    began = bench.now
    waits: list[timedelta] = []
    while receipt(bench).state is DeliveryState.QUEUED and len(waits) < 100:
        bench.send(sink)
        assert bench.send(sink) == 0, "nothing is tried before its time"
        due = receipt(bench).next_attempt_at
        if due is not None:
            waits.append(due - bench.now)
            bench.now = due
    assert waits[:5] == [MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, HOUR]
    assert set(waits[5:]) == {HOUR}
    assert timedelta(hours=72) <= bench.now - began < timedelta(hours=74)
    assert receipt(bench).state is DeliveryState.FAILED
    assert "450 4.2.0 later" in receipt(bench).last_error


@pytest.mark.parametrize("step", ["RCPT", "DOT"])
def test_never_fails_at_once_is_told_once_and_stands_on_the_ticket(bench: Bench, sink: Sink, step: str) -> None:
    """A 5xx answer fails the letter at its first attempt; the admin gets one mail, the ticket an event."""
    if step == "RCPT":
        sink.answer("RCPT", "550 5.1.1 no such user", recipient=CARLA)
    else:
        sink.answer("DOT", "554 5.7.1 no such user", recipient=CARLA)
    bench.send(sink)
    line = receipt(bench)
    assert (line.state, line.attempts) == (DeliveryState.FAILED, 1)
    for _ in range(3):
        watch.watch(bench.desk, ["support"], THRESHOLDS, bench.now)
    alarms = [line for line in bench.letters() if line.template == "alarm"]
    assert [line.to for line in alarms] == ["postmaster@example.com"]
    bench.send(sink)
    assert b"no such user" in sink.received[-1].content
    event = bench.ticket(10001).events[-1]
    assert (event.actor, event.what, event.detail["to"]) == ("delivery", "delivery_failed", CARLA)


@pytest.mark.parametrize("came", [True, False])
def test_silence_after_the_letter_is_uncertain_and_tried_again_the_same(
    bench: Bench, sink: Sink, *, came: bool
) -> None:
    """After a time-out at the end of DATA the letter is marked; the next attempt has the same bytes and Message-ID."""
    sink.hang("DOT", recipient=CARLA, accept_mail=came)
    bench.send(sink, patience=SHORT)
    line = receipt(bench)
    assert (line.state, line.uncertain) == (DeliveryState.QUEUED, True)
    bench.now += HOUR
    bench.send(sink)
    copies = [one.content for one in sink.received if one.rcpt_tos == (CARLA,)]
    assert len(copies) == (2 if came else 1)
    assert len(set(copies)) == 1
    assert line.message_id.encode() in copies[0]
    assert (receipt(bench).state, receipt(bench).uncertain) == (DeliveryState.SENT, False)


def test_an_outage_costs_no_letter_an_attempt(bench: Bench, sink: Sink) -> None:
    """While the server cannot be reached letters stay as they were, however often it is tried."""
    before = bench.letters()
    sink.stop()
    for _ in range(3):
        with pytest.raises(SmtpUnavailable):
            bench.send(sink)
        bench.now += MINUTE
    assert bench.letters() == before
    sink.start()
    assert bench.send(sink) == 2


def test_a_server_that_hangs_on_one_letter_holds_up_no_other(bench: Bench, sink: Sink) -> None:
    """The others leave over the other connection meanwhile."""
    bench.arrive(*(message(f"c{number}@customer.example", "Question", "Why?") for number in range(5)))
    bench.ingest()
    sink.hang("DOT", recipient=CARLA)
    bench.send(sink, patience=timedelta(seconds=1))
    assert len(sink.received) == 11
    assert receipt(bench).state is DeliveryState.QUEUED


def test_connections_are_used_again(bench: Bench, sink: Sink) -> None:
    """Twenty-two letters leave over no more connections than are allowed."""
    bench.arrive(*(message(f"c{number}@customer.example", "Question", "Why?") for number in range(10)))
    bench.ingest()
    assert bench.send(sink) == 22
    assert sink.connections <= 2


def test_a_letter_whose_bytes_are_lost_fails_alone(bench: Bench, sink: Sink) -> None:
    """It is told as failed; those behind it leave."""
    lost = receipt(bench).id
    with bench.store.writing() as tx:
        tx.connection.exec_driver_sql(f"UPDATE outbox SET content = x'00' WHERE id = {lost}")
    bench.send(sink)
    assert [one.rcpt_tos for one in sink.received] == [("anna@example.com",)]
    assert receipt(bench).state is DeliveryState.FAILED
    assert "damaged" in receipt(bench).last_error
    assert bench.ticket(10001).events[-1].what == "delivery_failed"


def test_a_letter_whose_bytes_cannot_be_read_now_waits_alone(bench: Bench, sink: Sink, tmp_path: Path) -> None:
    """The blobs do not answer for one letter: it is tried again by and by, and those behind it leave meanwhile."""
    large = receipt(bench).id
    digest = bench.store.blobs.put(b"From: a@example.com\r\n\r\nlarge\r\n")
    with bench.store.writing() as tx:
        tx.connection.exec_driver_sql(f"UPDATE outbox SET content = NULL, sha256 = '{digest}' WHERE id = {large}")
    (blob,) = tmp_path.rglob(f"{digest}.z")
    kept = blob.rename(blob.with_suffix(".kept"))
    blob.symlink_to(blob)  # the system goes round in circles, and gives up
    bench.arrive(message("dora@customer.example", "Another", "Why?"))
    bench.ingest()
    bench.send(sink)
    assert "dora@customer.example" in [to for one in sink.received for to in one.rcpt_tos]
    assert (receipt(bench).state, receipt(bench).next_attempt_at) == (DeliveryState.QUEUED, bench.now + MINUTE)
    assert "blobs" in receipt(bench).last_error
    kept.replace(blob)
    bench.now += MINUTE
    bench.send(sink)
    assert receipt(bench).state is DeliveryState.SENT


def test_what_the_database_missed_is_written_down_later(
    bench: Bench, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter sent while the database is away is not sent again when it is back."""
    write = outbox.record

    def fail(_tx: Transaction, _verdicts: Mapping[int, Delivery]) -> None:
        raise StoreBusy("away")

    monkeypatch.setattr(outbox, "record", fail)
    with pytest.raises(StoreBusy):
        bench.send(sink, connections=1)
    gone = len(sink.received)
    assert gone > 0
    monkeypatch.setattr(outbox, "record", write)
    assert bench.send(sink) == 2 - gone
    assert len(sink.received) == 2
    assert {line.state for line in bench.letters()} == {DeliveryState.SENT}
    assert not any(line.uncertain for line in bench.letters())


def test_a_claim_that_came_through_unheard_holds_nothing_up(bench: Bench, sink: Sink) -> None:
    """The connection was cut under its commit: they are ours, and we do not know. Another thread's stay its own."""
    for sender in ("carla", "dora"):
        bench.arrive(message(f"{sender}@customer.example", "Question", "Why?"))
    bench.ingest()
    with bench.store.writing() as tx:
        theirs = outbox.claim_due(tx, bench.now, owners.one_of(owners.own_name()), 1)
        ours = outbox.claim_due(tx, bench.now, bench.sending.owner, 2)
    assert bench.send(sink) == len(bench.letters()) - 1
    states = {line.id: line.state for line in bench.letters()}
    assert [states[one.id] for one in (*ours, *theirs)] == [*[DeliveryState.SENT] * 2, DeliveryState.SENDING]


def test_nothing_is_written_where_nothing_is_to_be_sent(
    bench: Bench, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks in vain takes no lock that others wait for, and a sign of life is given now and then alone."""
    writing, writers = Store.writing, list[str]()

    def noted(store: Store) -> AbstractContextManager[Transaction]:
        writers.append("")
        return writing(store)

    monkeypatch.setattr(Store, "writing", noted)
    bench.send(sink)
    assert len(writers) <= 4, "a claim, outcomes together or one by one, and a sign of life"
    bench.arrive(message("dan@customer.example", "Question", "Why?"))
    bench.ingest()
    writers.clear()
    bench.send(sink)
    assert len(writers) <= 3, "a claim, and outcomes"


def test_a_sign_of_life_that_says_something_else_is_given_at_once(bench: Bench, sink: Sink) -> None:
    """Letters leave again: that is told, though the last such sign was given a moment ago."""
    bench.send(sink)
    beat(bench.desk, "send", "no connection")
    bench.arrive(message("dan@customer.example", "Question", "Why?"))
    bench.ingest()
    bench.send(sink)
    with bench.store.reading() as tx:
        assert not health.beats(tx)["send"].error


def test_no_letter_is_begun_when_the_claim_grows_old(bench: Bench, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow server gets the rest in a batch of their own, so that no claim runs out under a letter."""
    claims: list[int] = []
    claim = outbox.claim_due

    def counted(tx: Transaction, *args: object) -> tuple[outbox.Outgoing, ...]:
        claimed = claim(tx, *args)  # type: ignore[arg-type]  # passed through as it came
        claims.append(len(claimed))
        return claimed

    monkeypatch.setattr(outbox, "claim_due", counted)
    send = Connection.send

    async def slow(connection: Connection, letter: Letter) -> Outcome:
        bench.now += 6 * MINUTE
        return await send(connection, letter)

    monkeypatch.setattr(Connection, "send", slow)
    bench.send(sink, connections=1)
    assert claims[:2] == [2, 1]
    assert {(line.state, line.attempts) for line in bench.letters()} == {(DeliveryState.SENT, 1)}


@pytest.mark.parametrize(
    ("most", "longest", "calls"), [(4, timedelta(seconds=20), [8, 4]), (10, timedelta(0), [2] * 6)]
)
def test_letters_are_claimed_while_others_leave(
    bench: Bench, sink: Sink, monkeypatch: pytest.MonkeyPatch, most: int, longest: timedelta, calls: list[int]
) -> None:
    """One call of the pool sends what many claims bring: between two of them no connection waits for the others.

    But not for ever: the next call tries connections again that were refused.
    """
    monkeypatch.setattr(supply, "BATCH", 2)
    monkeypatch.setattr(supply, "MOST_CLAIMS", most)
    monkeypatch.setattr(supply, "LONGEST_SUPPLY", longest)
    bench.arrive(*(message(f"c{number}@customer.example", "Question", "Why?") for number in range(5)))
    bench.ingest()
    went: list[int] = []
    send = Pool.send

    def counted(pool: Pool, letters: Iterable[tuple[int, Letter]], *rest: Any) -> None:
        before = len(sink.received)
        send(pool, letters, *rest)
        went.append(len(sink.received) - before)

    monkeypatch.setattr(Pool, "send", counted)
    assert bench.send(sink) == 12
    assert went == calls
    assert {(line.state, line.attempts) for line in bench.letters()} == {(DeliveryState.SENT, 1)}


def test_a_letter_that_is_claimed_anew_while_it_is_put_off_is_expected(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator wants it, and the next claim comes, before all is said about the attempt before."""
    outcomes = Outcomes(bench.desk, bench.sending, InHand())
    with bench.store.writing() as tx:
        claimed = outbox.claim_due(tx, bench.now, bench.sending.owner, 1)
    outcomes.expect(claimed)
    end = InHand.end

    def claimed_under_it(in_hand: InHand, desk: Desk, ended: Mapping[int, Delivery]) -> None:
        end(in_hand, desk, ended)
        outcomes.expect(claimed)

    monkeypatch.setattr(InHand, "end", claimed_under_it)
    later = deferred(Attempt(1, bench.now), "450 later", bench.now, 0.0, HOUR, uncertain=False)
    outcomes.end({one.id: later for one in claimed})
    assert outcomes.expected == 1


def test_a_sign_of_life_says_whether_the_server_takes_letters(bench: Bench, sink: Sink) -> None:
    """Letters that are all put off are no success; one that is taken is."""
    sink.answer("MAIL", "451 4.3.0 disk full", times=2)
    bench.send(sink)
    with bench.store.reading() as tx:
        beat = health.beats(tx)["send"]
    assert (beat.good_at, beat.error) == (None, "451 4.3.0 disk full")
    bench.now += HOUR
    bench.send(sink)
    with bench.store.reading() as tx:
        beat = health.beats(tx)["send"]
    assert (beat.good_at, beat.error) == (bench.now, "")


def test_line_breaks_in_subject_and_name_make_no_header(bench: Bench, sink: Sink) -> None:
    """What a stranger smuggles into subject and name arrives as one header line each."""
    evil = (
        b"From: =?utf-8?q?Mallory=0D=0ABcc=3A_victim=40x.example?= <mallory@evil.example>\r\n"
        b"To: support@example.com\r\nMessage-ID: <evil@x>\r\n"
        b"Subject: =?utf-8?q?Hello=0D=0ABcc=3A_victim=40x.example=0D=0A=0D=0Abody?=\r\n\r\nText\r\n"
    )
    bench.arrive(evil)
    bench.ingest()
    bench.send(sink)
    for one in sink.received:
        header = one.content.partition(b"\r\n\r\n")[0]
        lines = [line for line in header.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
        names = [line.partition(b":")[0].lower() for line in lines]
        assert b"bcc" not in names
        assert names.count(b"subject") == 1
        assert names.count(b"from") == 1
    assert {one.rcpt_tos for one in sink.received} == {
        (CARLA,),
        ("mallory@evil.example",),
        ("anna@example.com",),
    }


def test_a_slow_domain_holds_up_no_other(bench: Bench, sink: Sink) -> None:
    """Of its letters two a minute leave, in whatever batches; those to others leave at once, and none is lost."""
    bench.sending = replace(bench.sending, pace=Pace({"customer.example": Rate(2, MINUTE)}))
    bench.arrive(*(message(f"c{number}@customer.example", "Question", "Why?") for number in range(5)))
    bench.arrive(message("dora@other.example", "Question", "Why?"))
    bench.ingest()
    went: list[int] = []
    for _ in range(8):
        bench.send(sink)
        went.append(sum(one.rcpt_tos[0].endswith("@customer.example") for one in sink.received))
        assert any(one.rcpt_tos == ("dora@other.example",) for one in sink.received)
        bench.now += MINUTE / 2
    assert went == [2, 2, 3, 4, 5, 6, 6, 6]
    assert {line.attempts for line in bench.letters()} == {1}


def test_a_server_that_puts_everything_off_is_told(bench: Bench, sink: Sink) -> None:
    """Letters to two domains that are all answered with 4xx raise the alarm after a quarter of an hour."""
    sink.answer("MAIL", "451 4.3.0 disk full", times=None)
    for minute in (0, 1, 7, 14, 16):
        bench.now = NOON + minute * MINUTE
        bench.send(sink)
        beat(bench.desk, fetching("support"), None)
        watch.watch(bench.desk, ["support"], THRESHOLDS, NOON)
        alarms = [line for line in bench.letters() if line.template == "alarm"]
        assert len(alarms) == (minute >= 15)
