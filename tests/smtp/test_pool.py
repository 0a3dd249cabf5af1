"""Connections that are lost, refused, limited or stopped: which letters are blamed, and which are not."""

import asyncio
import gc
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from mailgateway.accounts.server import Tls
from mailgateway.errors import SmtpUnavailable, StoreBusy
from mailgateway.mail.model import Letter
from mailgateway.smtp import batch
from mailgateway.smtp.batch import MOST_UNWRITTEN
from mailgateway.smtp.connection import Connection
from mailgateway.smtp.outcome import Outcome, Rejected
from tests.servers.process import free_port
from tests.servers.sink import Sink
from tests.smtp.post import SENT, NewPost, Post, letter, server_of


@pytest.mark.parametrize("how", ["dropped", "told 421", "logged out", "hung up"])
def test_a_connection_lost_between_letters_blames_no_letter(sink: Sink, new_post: NewPost, how: str) -> None:
    """What a server does to a resting connection is found out by the next letter, which goes out all the same."""
    post = new_post(server_of(sink))
    post.send(letter())
    match how:
        case "dropped":
            sink.cut_connections()
        case "told 421":
            sink.answer("MAIL", "421 4.4.2 Idle for too long")
        case "logged out":
            sink.answer("MAIL", "530 5.7.0 Authentication required")
        case "hung up":
            sink.drop("MAIL")
    assert post.send(letter(), letter()) == [SENT, SENT]
    assert sink.connections == 2


def test_a_connection_that_cannot_be_reset_is_left(sink: Sink, new_post: NewPost) -> None:
    """When RSET fails after a refusal, the next letter goes out over a new connection."""
    sink.answer("RCPT", "550 5.1.1 Unknown")
    sink.answer("RSET", "502 5.5.1 Not here")
    assert new_post(server_of(sink)).send(letter(), letter()) == [Rejected(550, "5.1.1 Unknown"), SENT]
    assert sink.connections == 2


def test_a_connection_idle_for_too_long_is_not_used(sink: Sink, new_post: NewPost) -> None:
    """After the time given a connection is opened anew instead of being tried."""
    post = new_post(server_of(sink), idle=timedelta(0))
    post.send(letter())
    post.send(letter())
    assert sink.connections == 2


def test_nothing_is_begun_after_stop(sink: Sink, new_post: NewPost) -> None:
    """Once asked to stop, letters in hand are finished and no other is begun.

    In hand is one a connection, and beside it what has ended and is about to be recorded.
    """
    post = new_post(server_of(sink), connections=2)
    outcomes = post.send(*[letter()] * 50, stop=lambda: len(post.outcomes) >= 3)
    assert outcomes[:3] == [SENT] * 3
    assert len(outcomes) == len(sink.received) <= 3 + 2 + 2 * MOST_UNWRITTEN


def test_what_ends_under_a_record_waits_a_moment_for_more(
    sink: Sink, new_post: NewPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each group waits for it, not the first alone: the second letter ends under the first's record, the third then."""
    monkeypatch.setattr(batch, "MOMENT", 0.3)
    is_recorded, has_ended, is_over = threading.Event(), threading.Event(), threading.Event()

    async def send(_: Connection, one: Letter) -> Outcome:
        if one.recipient == "second":
            await asyncio.to_thread(is_recorded.wait, 20)
        if one.recipient == "third":
            has_ended.set()  # over one connection it comes behind the second
            await asyncio.to_thread(is_over.wait, 20)
            await asyncio.sleep(0.05)
        return SENT

    monkeypatch.setattr(Connection, "send", send)
    groups: list[list[int]] = []

    def record(ended: Sequence[tuple[int, Outcome]]) -> None:
        groups.append([number for number, _ in ended])
        is_recorded.set()
        has_ended.wait(20)
        is_over.set()

    new_post(server_of(sink)).pool.send(enumerate(map(letter, ("first", "second", "third"))), record, lambda: False)
    assert groups == [[0], [1, 2]]


def test_ctrl_c_finishes_what_is_in_hand(sink: Sink, new_post: NewPost) -> None:
    """An interrupted sending leaves no letter half handed over: what was taken has its outcome."""
    post = new_post(server_of(sink), connections=4)

    def interrupt(ended: Sequence[tuple[int, Outcome]]) -> None:
        before = len(post.outcomes)
        post.record(ended)
        if before < 4 <= len(post.outcomes):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        post.pool.send(enumerate([letter()] * 50), interrupt, lambda: False)
    assert len(post.outcomes) == len(sink.received) < 50
    assert post.send(letter()) == [SENT]


def test_letters_are_taken_as_they_are_sent(sink: Sink, new_post: NewPost) -> None:
    """An endless source of letters is read no further than needed."""
    post = new_post(server_of(sink), connections=2)

    def endless() -> Iterator[tuple[int, Letter]]:
        number = 0
        while True:
            yield number, letter()
            number += 1

    post.pool.send(endless(), post.record, lambda: len(post.outcomes) >= 10)
    assert 10 <= len(sink.received) <= 10 + 2 + 2 * MOST_UNWRITTEN


def test_no_connection_is_no_outcome(sink: Sink, new_post: NewPost) -> None:
    """Where nobody listens no letter is blamed, and the error says where and what."""
    port = free_port()
    post = new_post(replace(server_of(sink), port=port), connections=4)
    with pytest.raises(SmtpUnavailable, match=f"127.0.0.1:{port}: .*connection refused"):
        post.send(letter(), letter())
    assert post.outcomes == {}


def test_a_server_that_goes_away_keeps_the_rest(sink: Sink, new_post: NewPost) -> None:
    """When the server goes down in the middle, letters begun have outcomes and the others none; later they go out."""
    post = new_post(server_of(sink))

    def stop_the_server(ended: Sequence[tuple[int, Outcome]]) -> None:
        post.record(ended)
        if 1 in post.outcomes:
            sink.stop()

    with pytest.raises(SmtpUnavailable):
        post.pool.send(enumerate([letter()] * 50), stop_the_server, lambda: False)
    assert sorted(post.outcomes) == list(range(len(post.outcomes)))
    assert len(sink.received) <= len(post.outcomes) < 50
    sink.start()
    assert post.send(letter()) == [SENT]


def test_a_limit_of_connections_is_no_failure(sink: Sink, new_post: NewPost) -> None:
    """A server that grants one connection gets everything over that one."""
    post = new_post(server_of(sink), connections=3)
    post.send(letter())
    sink.answer("CONNECT", "421 4.7.0 Too many connections", times=None)
    assert post.send(*[letter()] * 10) == [SENT] * 10


@pytest.mark.parametrize("greeting", ["554 5.7.1 Not you", "421 4.3.2 Later", "hello"])
def test_an_unfriendly_greeting_is_no_connection(sink: Sink, new_post: NewPost, greeting: str) -> None:
    """Whatever a server says instead of 220, no letter is blamed for it."""
    sink.answer("CONNECT", greeting, times=None)
    post = new_post(server_of(sink))
    with pytest.raises(SmtpUnavailable):
        post.send(letter())
    assert post.outcomes == {}


def test_what_ends_while_outcomes_are_recorded_is_recorded_together(sink: Sink, new_post: NewPost) -> None:
    """Letters go on while outcomes are written down, and those that end meanwhile cost one commit."""
    post = new_post(server_of(sink), connections=2)
    groups: list[int] = []

    def slow(ended: Sequence[tuple[int, Outcome]]) -> None:
        if not groups:
            sink.wait_for(2 * MOST_UNWRITTEN)
        groups.append(len(ended))
        post.record(ended)

    post.pool.send(enumerate([letter()] * 30), slow, lambda: False)
    assert len(post.outcomes) == sum(groups) == 30
    assert groups[0] + groups[1] >= 2 * MOST_UNWRITTEN - 2


def test_what_record_raises_ends_the_sending(sink: Sink, new_post: NewPost) -> None:
    """When an outcome cannot be written down, no further letter is begun, and the caller hears why."""
    post = new_post(server_of(sink), connections=2)

    def busy(_ended: Sequence[tuple[int, Outcome]]) -> None:
        raise StoreBusy("locked")

    with pytest.raises(StoreBusy):
        post.pool.send(enumerate([letter()] * 50), busy, lambda: False)
    assert len(sink.received) <= 2 + 2 * MOST_UNWRITTEN
    assert post.send(letter()) == [SENT]


@pytest.mark.parametrize(("offered", "way"), [("starttls", Tls.STARTTLS), ("implicit", Tls.IMPLICIT)])
def test_nothing_is_left_of_a_connection_under_tls(offered: Literal["starttls", "implicit"], way: Tls) -> None:
    """TLS says goodbye as well, which the end of a pool does not wait for: the socket is closed, not left to chance."""
    with Sink(tls=offered) as sink:
        for _ in range(30):
            with closing(Post(server_of(sink, tls=way)).pool) as pool:
                pool.send([(1, letter())], lambda _ended: None, lambda: False)
    assert len(sink.received) == 30
    gc.collect()
