"""The server that stands in for another: when it is used, when it is not, and when no longer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from mailgateway.accounts.server import Login, Tls
from mailgateway.errors import LoginRefused, PermanentError, SmtpUnavailable
from mailgateway.smtp import relays
from mailgateway.smtp.outcome import Deferred, Rejected
from tests.servers.sink import Sink
from tests.smtp.post import SENT, NewPost, Post, letter, server_of


@pytest.fixture
def other() -> Iterator[Sink]:
    """Give the server that stands in."""
    with Sink() as sink:
        yield sink


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """Record the pauses that the first server gets, and make them as long as tests never last."""
    asked: list[tuple[int, bool]] = []

    def pause(failures: int, _jitter: float, *, refused: bool) -> timedelta:
        asked.append((failures, refused))
        return timedelta(hours=1)

    monkeypatch.setattr(relays, "pause", pause)
    return asked


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try the first server again at once."""
    monkeypatch.setattr(relays, "pause", lambda *_, **__: timedelta(0))


def post_of(new_post: NewPost, first: Sink, other: Sink) -> Post:
    """Return a pool with a fall-back."""
    return new_post(server_of(first), fallback=server_of(other))


@pytest.mark.usefixtures("pauses")
def test_the_fallback_takes_what_the_first_cannot_be_given(sink: Sink, other: Sink, new_post: NewPost) -> None:
    """While nobody listens at the first, every letter goes to the other; the first is not asked each time."""
    sink.stop()
    post = post_of(new_post, sink, other)
    assert post.send(*[letter()] * 3) == [SENT] * 3
    assert "refused" in post.pool.outage
    sink.start()
    assert post.send(letter()) == [SENT]
    assert (len(sink.received), len(other.received), other.connections) == (0, 4, 1)


@pytest.mark.usefixtures("at_once")
def test_the_first_is_used_again_when_it_is_back(sink: Sink, other: Sink, new_post: NewPost) -> None:
    """After its pause it is tried, with a letter or without one."""
    sink.stop()
    post = post_of(new_post, sink, other)
    post.send(letter())
    post.pool.look()
    assert post.pool.outage
    sink.start()
    assert post.send(letter()) == [SENT]
    assert (post.pool.outage, len(sink.received), len(other.received)) == ("", 1, 1)


@pytest.mark.usefixtures("at_once")
def test_a_look_finds_the_first_well_without_a_letter(sink: Sink, other: Sink, new_post: NewPost) -> None:
    """Where nothing is to be sent for a night, the alarm ends all the same."""
    sink.stop()
    post = post_of(new_post, sink, other)
    post.send(letter())
    sink.start()
    post.pool.look()
    assert (post.pool.outage, sink.connections, len(sink.received)) == ("", 1, 0)


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
@pytest.mark.parametrize("how", ["421", "drop"])
@pytest.mark.usefixtures("pauses")
def test_a_letter_not_handed_over_goes_to_the_fallback_at_once(
    sink: Sink, other: Sink, new_post: NewPost, step: str, how: str
) -> None:
    """A server that closes down, or is gone, before it had the letter costs it no attempt."""
    if how == "421":
        sink.answer(step, "421 4.3.2 Closing", times=None)  # type: ignore[arg-type]  # one of the steps
    else:
        sink.drop(step, times=None)  # type: ignore[arg-type]  # one of the steps
    post = post_of(new_post, sink, other)
    assert post.send(letter(), letter()) == [SENT, SENT]
    assert (len(sink.received), len(other.received)) == (0, 2)


@pytest.mark.usefixtures("pauses")
def test_a_letter_that_may_have_arrived_is_not_given_to_another_at_once(
    sink: Sink, other: Sink, new_post: NewPost
) -> None:
    """It is uncertain and tried later; those behind it go to the fall-back."""
    sink.drop("DOT", accept_mail=True)
    lost, sent = post_of(new_post, sink, other).send(letter(), letter("eve@example.com"))
    assert isinstance(lost, Deferred)
    assert (lost.uncertain, sent) == (True, SENT)
    assert [one.rcpt_tos for one in other.received] == [("eve@example.com",)]


@pytest.mark.parametrize("reply", ["550 5.7.1 No", "451 4.3.0 Later"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "DOT"])
def test_what_the_first_answers_counts(sink: Sink, other: Sink, new_post: NewPost, step: str, reply: str) -> None:
    """A letter that is refused or put off is not offered elsewhere."""
    sink.answer(step, reply)  # type: ignore[arg-type]  # one of the steps
    (outcome,) = post_of(new_post, sink, other).send(letter())
    assert isinstance(outcome, Rejected if reply.startswith("5") else Deferred)
    assert other.connections == 0


@pytest.mark.parametrize("when", ["AUTH", "MAIL"])
def test_a_refused_login_leads_to_the_fallback_and_waits_for_minutes(
    other: Sink, new_post: NewPost, pauses: list[tuple[int, bool]], when: str
) -> None:
    """Whether the server says so at the log-in or later; it is asked once."""
    with Sink(users={"support": "right"}) as sink:
        login = Login("support", lambda: "wr0ng") if when == "AUTH" else None
        post = new_post(server_of(sink, login), fallback=server_of(other))
        assert post.send(letter(), letter()) == [SENT, SENT]
        assert sink.connections == 1
    assert pauses == [(1, True)]
    assert post.pool.outage


@pytest.mark.usefixtures("pauses")
def test_a_password_that_cannot_be_read_leads_to_the_fallback(sink: Sink, other: Sink, new_post: NewPost) -> None:
    """Whatever keeps the first from being used."""

    def unreadable() -> str:
        raise PermanentError("no such file")

    post = new_post(server_of(sink, Login("support", unreadable)), fallback=server_of(other))
    assert post.send(letter()) == [SENT]
    assert post.pool.outage == "no such file"


def test_where_both_are_out_both_are_named(sink: Sink, other: Sink, new_post: NewPost) -> None:
    """No letter is blamed, and the error says what is wrong with each."""
    sink.stop()
    other.stop()
    post = post_of(new_post, sink, other)
    with pytest.raises(SmtpUnavailable, match=f"{sink.port}.*{other.port}"):
        post.send(letter())
    assert post.outcomes == {}


def test_a_fallback_that_refuses_the_login_is_not_hammered(sink: Sink, new_post: NewPost) -> None:
    """The error is a refused log-in, after which one waits for minutes."""
    sink.stop()
    with Sink(users={"support": "right"}) as other:
        login = Login("support", lambda: "wr0ng")
        post = new_post(server_of(sink), fallback=server_of(other, login))
        with pytest.raises(LoginRefused, match="fall-back"):
            post.send(letter())


@pytest.mark.usefixtures("pauses")
def test_the_fallback_has_its_own_number_of_connections(sink: Sink, other: Sink, new_post: NewPost) -> None:
    """Four letters under way at the first are two at the other, where that allows no more."""
    post = new_post(server_of(sink), connections=4, fallback=server_of(other), fallback_connections=2)
    sink.drop("MAIL", times=None)
    assert post.send(*[letter()] * 40) == [SENT] * 40
    assert other.most_at_once <= 2


@pytest.mark.usefixtures("at_once")
def test_a_first_server_that_hangs_again_is_not_waited_for_long(
    sink: Sink, other: Sink, new_post: NewPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking whether it is back takes a few seconds at most, however patient its time-out is."""
    monkeypatch.setattr(relays, "LOOK", timedelta(seconds=0.2))
    sink.stop()
    patient = replace(server_of(sink), timeout=timedelta(minutes=10))
    post = new_post(patient, fallback=replace(server_of(other), tls=Tls.NONE))
    post.send(letter())
    sink.start()
    sink.hang("CONNECT", times=None)
    assert post.send(letter()) == [SENT]
    assert "no answer in time" in post.pool.outage
