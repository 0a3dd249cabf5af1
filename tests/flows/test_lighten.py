"""A letter that is too large for its server: its text arrives, its reader and its writer know what did not."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from email.message import EmailMessage
from typing import Never

import pytest

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.errors import PermanentError, StoreBusy
from mailgateway.flows.sending import lighten
from mailgateway.flows.sending.deliver import deliver_due
from mailgateway.flows.timed import watch
from mailgateway.mail.model import Letter as Message
from mailgateway.mail.parse import parse
from mailgateway.smtp.batch import Record
from mailgateway.smtp.outcome import Outcome
from mailgateway.smtp.pool import Pool
from mailgateway.store.engine import Transaction
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.outbox import OutboxLine
from mailgateway.store.outgoing.replacing import replace_letter
from tests.end_to_end.office import Letter, answer, message
from tests.flows.bench import MINUTE, Bench, relay_of
from tests.flows.test_bounces import report
from tests.servers.sink import Sink

CARLA, ANNA, BOB = "carla@customer.example", "anna@example.com", "bob@example.com"
THRESHOLDS = watch.Thresholds(15 * MINUTE, 15 * MINUTE)


@pytest.fixture
def small() -> Iterator[Sink]:
    """Give a server that takes 100 kB."""
    with Sink(size_limit=100_000) as sink:
        yield sink


def with_file(mail: EmailMessage, size: int = 150_000) -> EmailMessage:
    """Attach a file."""
    mail.add_attachment(bytes(size), "application", "pdf", filename="manual.pdf")
    return mail


def answered(bench: Bench, sink: Sink, text: str = "See the manual.", language: str = "") -> None:
    """Let a customer ask, and an agent answer with a file."""
    if language:
        bench.arrive(message("carla@example.pl", "Pytanie", "Jak?"))
    else:
        bench.arrive(message(CARLA, "Question", "How?"))
    bench.ingest()
    bench.send(sink)
    (told,) = [one for one in sink.received if one.rcpt_tos == (ANNA,)]
    notification = Letter(told.mail_from, ANNA, parse(told.content), told.content)
    sink.clear()
    bench.now += MINUTE
    bench.arrive(with_file(answer(notification, ANNA, text)))
    bench.ingest()


def replies(bench: Bench) -> list[OutboxLine]:
    """Return the letters with the answer, oldest first."""
    return [line for line in bench.letters() if line.template == "reply"]


def test_the_text_arrives_with_a_list_of_what_was_left_out(bench: Bench, small: Sink) -> None:
    """The old letter ends as replaced and names the new one, which has an id of its own; the ticket remembers."""
    answered(bench, small)
    bench.send(small)
    old, new = replies(bench)
    assert (old.state, new.state) == (DeliveryState.REPLACED, DeliveryState.SENT)
    assert new.message_id in old.last_error
    (got,) = [parse(one.content) for one in small.received if one.rcpt_tos == (CARLA,)]
    assert got.message_id == new.message_id != old.message_id
    assert "See the manual." in got.text
    assert "- manual.pdf (150 kB)" in got.text
    assert "reply to this message" in got.text
    assert got.html is not None
    assert "manual.pdf" in got.html
    assert "http" not in got.text
    (event,) = [one for one in bench.ticket(10001).events if one.what == "files_left_out"]
    assert event.detail == {"to": CARLA, "files": ["manual.pdf"]}
    assert bench.ticket(10001).ticket.updated_at == bench.now


def test_the_agent_who_answered_is_told(bench: Bench, small: Sink) -> None:
    """Which files did not go to whom; nobody else hears of it."""
    answered(bench, small)
    bench.send(small)
    (told,) = [line for line in bench.letters() if line.template == "files_left_out"]
    assert (told.to, told.ticket, told.state) == (ANNA, 10001, DeliveryState.SENT)
    (got,) = [parse(one.content) for one in small.received if told.message_id.encode() in one.content]
    assert "- manual.pdf (150 kB)" in got.text
    assert CARLA in got.text


def test_the_list_is_in_the_readers_language(bench: Bench, small: Sink) -> None:
    """As the letter is."""
    answered(bench, small, language="pl")
    bench.send(small)
    (got,) = [parse(one.content) for one in small.received if one.rcpt_tos == ("carla@example.pl",)]
    assert "Te pliki były za duże" in got.text


def test_it_is_the_same_where_the_server_only_says_so_afterwards(bench: Bench, sink: Sink) -> None:
    """A server without SIZE that answers 552 5.3.4 to the letter."""
    answered(bench, sink)
    sink.answer("DOT", "552 5.3.4 Too big", recipient=CARLA)
    bench.send(sink)
    assert [line.state for line in replies(bench)] == [DeliveryState.REPLACED, DeliveryState.SENT]


def test_an_answer_to_the_lighter_letter_finds_its_ticket(bench: Bench, small: Sink) -> None:
    """Its id names the ticket as every letter's does."""
    answered(bench, small)
    bench.send(small)
    (got,) = [parse(one.content) for one in small.received if one.rcpt_tos == (CARLA,)]
    reply = message(CARLA, "Thanks", "Please send it.", headers=[("In-Reply-To", f"<{got.message_id}>")])
    bench.arrive(reply)
    bench.ingest()
    assert [article.article.text for article in bench.ticket(10001).articles][-1] == "Please send it."


def test_a_bounce_of_the_lighter_letter_marks_the_answer(bench: Bench, small: Sink) -> None:
    """The new letter is as old as the one it replaces, by which its article is known."""
    answered(bench, small)
    bench.send(small)
    bench.now += MINUTE
    bench.arrive(report(replies(bench)[-1].message_id))
    bench.ingest()
    flags = [flag for one in bench.ticket(10001).articles for flag in one.article.flags]
    assert f"undelivered:{CARLA}" in flags


def test_a_letter_too_large_even_without_files_fails(bench: Bench) -> None:
    """As any that the server refuses for good: the admin is told, and the ticket says so."""
    with Sink() as sink:
        answered(bench, sink, text="long words " * 5_000)
        sink.size_limit = 20_000
        bench.send(sink)
    (line,) = replies(bench)
    assert (line.state, line.attempts) == (DeliveryState.FAILED, 1)
    assert "552" in line.last_error
    assert [one.what for one in bench.ticket(10001).events].count("delivery_failed") == 1


def test_a_crash_before_the_exchange_is_written_changes_nothing(
    bench: Bench, small: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter is released and tried again: one letter arrives, one notice, one event."""
    answered(bench, small)
    tell = lighten._tell

    def die(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(lighten, "_tell", die)
    with pytest.raises(RuntimeError):
        bench.send(small)
    assert len(replies(bench)) == 1
    monkeypatch.setattr(lighten, "_tell", tell)
    bench.send(small)
    assert [line.state for line in replies(bench)] == [DeliveryState.REPLACED, DeliveryState.SENT]
    assert [line.template for line in bench.letters()].count("files_left_out") == 1
    assert [one.what for one in bench.ticket(10001).events].count("files_left_out") == 1


def test_a_letter_taken_from_us_meanwhile_is_not_exchanged(
    bench: Bench, small: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has it now does so: nothing is queued twice."""
    answered(bench, small)

    def late(tx: object, outgoing_id: int, *rest: object) -> bool:
        tx.connection.exec_driver_sql(f"UPDATE outbox SET state = 'sent' WHERE id = {outgoing_id}")  # type: ignore[attr-defined]
        return replace_letter(tx, outgoing_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(lighten, "replace_letter", late)
    bench.send(small)
    assert len(replies(bench)) == 1
    assert "files_left_out" not in [line.template for line in bench.letters()]


def test_a_lighter_letter_is_not_retried_as_the_old_one(bench: Bench, small: Sink) -> None:
    """What was replaced is done; an operator can send the new one again only."""
    answered(bench, small)
    bench.send(small)
    old, _ = replies(bench)
    with bench.store.writing() as tx:
        assert outbox.retry(tx, [old.id], bench.now) == 0


class _OneGroup(Pool):
    """Hands all outcomes over together, as a slow commit before them would make it."""

    def send(self, letters: Iterable[tuple[int, Message]], record: Record, stop: Callable[[], bool]) -> None:
        """Send, and record at the end."""
        ended: list[tuple[int, Outcome]] = []
        super().send(letters, ended.extend, stop)
        record(ended)


@pytest.mark.parametrize(
    "trouble", [StoreBusy("away"), PermanentError("blob is missing"), RuntimeError("a fault of ours")]
)
def test_what_keeps_one_letter_heavy_sends_no_other_again(
    bench: Bench, sink: Sink, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    """Letters that left beside it are written down first, whatever writing it anew meets, round after round."""
    answered(bench, sink)
    sink.clear()
    bench.arrive(message("dora@customer.example", "Other", "Why?"))
    bench.ingest()
    sink.answer("DOT", "552 5.3.4 Too big", recipient=CARLA, times=None)

    def fail(_tx: Transaction, _outgoing_id: int) -> Never:
        raise trouble

    monkeypatch.setattr(lighten, "original", fail)
    for _ in range(3):
        with closing(_OneGroup(relay_of(sink, 4))) as pool, suppress(StoreBusy, RuntimeError):
            deliver_due(bench.desk, pool, bench.sending, bench.in_hand, lambda: False)
    gone = [one.rcpt_tos for one in sink.received]
    assert len(gone) == len(set(gone)) > 1
    (heavy,) = replies(bench)
    assert (heavy.state is DeliveryState.FAILED) is isinstance(trouble, PermanentError)
