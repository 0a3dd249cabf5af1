"""What a server may do to a letter, and what its outcome is then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailgateway.smtp.outcome import Deferred, Outcome, Rejected, TooLarge
from tests.servers.sink import Sink
from tests.smtp.post import SENT, NewPost, letter, server_of


@pytest.mark.parametrize(
    ("step", "reply", "outcome"),
    [
        ("MAIL", "451 4.3.0 Later", Deferred("4.3.0 Later", 451, uncertain=False)),
        ("MAIL", "552 5.3.4 Too big", TooLarge(552, "5.3.4 Too big")),
        ("RCPT", "450 4.2.0 Greylisted", Deferred("4.2.0 Greylisted", 450, uncertain=False)),
        ("RCPT", "550 5.1.1 Unknown", Rejected(550, "5.1.1 Unknown")),
        ("RCPT", "552 5.5.3 Too many recipients", Deferred("5.5.3 Too many recipients", 552, uncertain=False)),
        ("DATA", "451 4.3.0 Disk full", Deferred("4.3.0 Disk full", 451, uncertain=False)),
        ("DOT", "452 4.3.1 Disk full", Deferred("4.3.1 Disk full", 452, uncertain=False)),
        ("DOT", "554 5.7.1 Spam", Rejected(554, "5.7.1 Spam")),
    ],
)
def test_a_refusal_concerns_one_letter(sink: Sink, new_post: NewPost, step: str, reply: str, outcome: Outcome) -> None:
    """The letter that was refused gets its outcome; the next goes out over the same connection, after RSET."""
    sink.answer(step, reply)  # type: ignore[arg-type]  # one of the steps
    assert new_post(server_of(sink)).send(letter(), letter()) == [outcome, SENT]
    assert sink.connections == 1
    assert sink.commands.count("RSET") == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "DOT"])
def test_421_ends_the_connection(sink: Sink, new_post: NewPost, step: str) -> None:
    """A server that closes down defers the letter in hand, and the next one gets a new connection."""
    sink.answer(step, "421 4.3.2 Closing")  # type: ignore[arg-type]  # one of the steps
    assert new_post(server_of(sink)).send(letter(), letter()) == [
        Deferred("4.3.2 Closing", 421, uncertain=False),
        SENT,
    ]
    assert sink.connections == 2


@pytest.mark.parametrize(("step", "uncertain"), [("MAIL", False), ("RCPT", False), ("BODY", True), ("DOT", True)])
def test_a_lost_connection_is_uncertain_from_data_on(
    sink: Sink, new_post: NewPost, step: str, *, uncertain: bool
) -> None:
    """A letter is uncertain once it was handed over; before that it surely was not taken."""
    sink.drop(step)  # type: ignore[arg-type]  # one of the steps
    lost, sent = new_post(server_of(sink)).send(letter(), letter())
    assert isinstance(lost, Deferred)
    assert (lost.code, lost.uncertain, sent) == (None, uncertain, SENT)


def test_an_uncertain_letter_may_have_arrived(sink: Sink, new_post: NewPost) -> None:
    """The server took the letter and its answer was lost: sent again, the same bytes arrive twice."""
    sink.drop("DOT", accept_mail=True)
    post = new_post(server_of(sink))
    assert post.send(letter()) != [SENT]
    assert post.send(letter()) == [SENT]
    first, second = sink.received
    assert first.content == second.content


@pytest.mark.parametrize(("step", "uncertain"), [("MAIL", False), ("DOT", True)])
def test_a_hung_server_is_not_waited_for(sink: Sink, new_post: NewPost, step: str, *, uncertain: bool) -> None:
    """The server's time-out bounds every command; the next letter gets a new connection."""
    sink.hang(step)  # type: ignore[arg-type]  # one of the steps
    post = new_post(replace(server_of(sink), timeout=timedelta(seconds=0.3)))
    assert post.send(letter(), letter()) == [Deferred("no answer in time", None, uncertain=uncertain), SENT]


def test_a_hung_letter_does_not_hold_the_others(sink: Sink, new_post: NewPost) -> None:
    """While one connection waits for an answer, the others send."""
    sink.hang("DOT", recipient="slow@example.com")
    post = new_post(replace(server_of(sink), timeout=timedelta(seconds=1)), connections=2)
    outcomes = post.send(letter("slow@example.com"), *[letter()] * 20)
    assert outcomes[1:] == [SENT] * 20
    assert sink.connections == 2
