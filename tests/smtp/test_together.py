"""Commands given together (RFC 2920): what a server may do then that it cannot do otherwise."""

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from aiosmtplib import SMTP, SMTPServerDisconnected

from mailgateway.accounts.server import Server, Tls
from mailgateway.mail.model import Letter
from mailgateway.smtp.outcome import Deferred, Outcome, Rejected, Sent, TooLarge
from mailgateway.smtp.wire import borrowed
from tests.servers.sink import Sink
from tests.smtp.post import NewPost, Post, letter, server_of

LARGE = b"a line of a letter\r\n" * 1_000_000
"""More than any socket keeps for a reader who takes nothing."""


@pytest.fixture(autouse=True)
def _pipelines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every sink say that it takes commands together."""
    monkeypatch.setattr(Sink, "pipelines", True)


class Script:
    """A server that answers each line by its first word, and writes down what came in which piece."""

    def __init__(self, answers: Mapping[bytes, bytes]) -> None:
        """Take answers that differ from the usual ones; b"" hangs up."""
        usual = {
            b"EHLO": b"250-script\r\n250 PIPELINING",
            b"DATA": b"354 go on",
            b".": b"250 taken",
            b"QUIT": b"221 bye",
        }
        self.answers = {**usual, **answers}
        self.pieces: list[bytes] = []
        self.contents: list[bytes] = []
        self.over = threading.Event()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        writer.write(b"220 script\r\n")
        lines, in_letter, content = b"", False, b""
        while piece := await reader.read(65_536):
            self.pieces.append(piece)
            lines += piece
            while b"\r\n" in lines:
                line, _, lines = lines.partition(b"\r\n")
                if in_letter and line != b".":
                    content += line + b"\r\n"
                    continue
                if in_letter:
                    self.contents.append(content)
                answer = self.answers.get(line.split(b" ")[0].split(b":")[0], b"250 fine")
                in_letter, content = answer.startswith(b"354"), b""
                if not answer:
                    break
                writer.write(answer + b"\r\n")
            else:
                continue
            break
        writer.close()

    @contextmanager
    def served(self) -> Iterator[Server]:
        """Serve within the block."""
        port: list[int] = []
        up, done = threading.Event(), threading.Event()

        async def serve() -> None:
            server = await asyncio.start_server(self.talk, "127.0.0.1", 0)
            port.append(server.sockets[0].getsockname()[1])
            up.set()
            await asyncio.to_thread(done.wait)
            server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            await asyncio.gather(*others, return_exceptions=True)

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        assert up.wait(20)
        try:
            yield Server("127.0.0.1", port[0], Tls.NONE, None, timedelta(seconds=5))
        finally:
            done.set()
            thread.join(20)
            assert not thread.is_alive()


class Hasty(Script):
    """Says something as soon as it is promised a letter, hangs up, and takes nothing of it."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        writer.write(b"220 script\r\n")
        said = b""
        while said != b"354 go on":
            line = (await reader.readuntil(b"\r\n")).strip()
            said = self.answers.get(line.split(b" ")[0].split(b":")[0], b"250 fine")
            writer.write(said + b"\r\n")
        writer.write(self.answers[b"."])
        writer.write_eof()
        await asyncio.to_thread(self.over.wait, 20)
        writer.close()


def outcomes(
    answers: Mapping[bytes, bytes], *letters: Letter, kind: type[Script] = Script
) -> tuple[list[Outcome], Script]:
    """Send letters to such a server by one connection; return what became of them, and the server."""
    script = kind(answers)
    with script.served() as server:
        post = Post(server)
        with closing(post.pool):
            found = post.send(*letters)
        script.over.set()
    return found, script


def test_the_commands_of_a_letter_come_in_one_piece() -> None:
    """Two round trips a letter: its commands, and itself."""
    (sent,), script = outcomes({}, letter())
    assert sent == Sent("taken")
    assert b"MAIL FROM:<support@example.com>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n" in script.pieces


def test_lines_that_begin_with_a_dot_arrive_whole() -> None:
    """RFC 5321 section 4.5.2; and a letter whose last line is not ended is ended."""
    _, script = outcomes({}, letter(content=b".a\r\n..\r\nb\r\n.\r\nend"))
    assert script.contents == [b"..a\r\n...\r\nb\r\n..\r\nend\r\n"]


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        ({b"MAIL": b"550 not you"}, Rejected, 550),
        ({b"RCPT": b"550 not them"}, Rejected, 550),
        ({b"RCPT": b"450 later", b"DATA": b"503 nobody"}, Deferred, 450),
        ({b"DATA": b"554 not now"}, Rejected, 554),
        ({b"MAIL": b"552 5.3.4 too large", b"RCPT": b"503 what", b"DATA": b"503 what"}, TooLarge, 552),
    ],
)
def test_the_first_refusal_counts_and_nothing_is_handed_over(
    answers: Mapping[bytes, bytes], kind: type, code: int
) -> None:
    """Also where the server asks for a letter for nobody, which gets an empty one; the next letter has its chance."""
    (first, second), script = outcomes(answers, letter(), letter("eve@example.com"))
    for outcome in (first, second):
        assert isinstance(outcome, kind)
        assert not isinstance(outcome, Sent)
        assert outcome.code == code
    assert all(content == b"" for content in script.contents)


@pytest.mark.parametrize("step", [b"MAIL", b"RCPT", b"DATA"])
def test_who_hangs_up_before_the_letter_has_nothing(step: bytes) -> None:
    """The letter was not handed over: it is put off, and is not uncertain."""
    (outcome,), script = outcomes({step: b""}, letter())
    assert isinstance(outcome, Deferred)
    assert (outcome.code, outcome.uncertain, script.contents) == (None, False, [])


def test_who_hangs_up_behind_the_letter_may_have_it() -> None:
    """No answer to the letter leaves it uncertain."""
    (outcome,), _ = outcomes({b".": b""}, letter())
    assert isinstance(outcome, Deferred)
    assert outcome.uncertain


def test_a_refusal_followed_by_silence_is_still_a_refusal() -> None:
    """What the server said before it hung up counts."""
    (outcome,), _ = outcomes({b"RCPT": b"550 not them", b"DATA": b""}, letter())
    assert isinstance(outcome, Rejected)
    assert outcome.code == 550


def test_who_hangs_up_within_a_letter_may_have_said_why() -> None:
    """A refusal in the middle of a letter counts, though the letter was never given whole."""
    (outcome,), _ = outcomes({b".": b"552 5.3.4 too large\r\n"}, letter(content=LARGE), kind=Hasty)
    assert isinstance(outcome, TooLarge)


def test_a_server_that_hangs_up_and_takes_the_rest_breaks_nothing() -> None:
    """The last word and room for what is unsent come in one turn of the loop: the transport would be half gone."""

    async def hang_up() -> None:
        ours, theirs = socket.socketpair()
        theirs.settimeout(0)
        transport, owner = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
        with closing(theirs), borrowed(cast("SMTP", SimpleNamespace(transport=transport, protocol=owner))) as wire:
            while not transport.get_write_buffer_size():
                wire.write(b"a line of a letter\r\n" * 1_000)
            theirs.shutdown(socket.SHUT_WR)
            with suppress(BlockingIOError):
                while theirs.recv(65_536):
                    pass
            with pytest.raises(SMTPServerDisconnected):
                await wire.answer(5)

    asyncio.run(hang_up())


@pytest.mark.parametrize("early", [b"250 taken\r\n", b"250 taken\r\n" * 50_000])
def test_nobody_has_a_letter_that_was_not_given_whole(early: bytes) -> None:
    """Whatever the server says, and however much of it: the letter is put off."""
    (outcome,), _ = outcomes({b".": early}, letter(content=LARGE), kind=Hasty)
    assert isinstance(outcome, Deferred)
    assert outcome.uncertain


@pytest.mark.parametrize("answer", [b"nonsense", b"250-" + b"x" * 10_000, b"\xff\xff"])
def test_what_is_no_answer_puts_the_letter_off(answer: bytes) -> None:
    """A peer that does not speak SMTP, or too much of it, costs a try and no more."""
    (outcome,), script = outcomes({b"MAIL": answer}, letter())
    assert isinstance(outcome, Deferred)
    assert (outcome.uncertain, script.contents) == (False, [])


def test_endless_answers_end() -> None:
    """An answer of more lines than anybody needs is no answer."""
    (outcome,), _ = outcomes({b"MAIL": b"250-a\r\n" * 5_000 + b"250 a"}, letter())
    assert isinstance(outcome, Deferred)


def test_a_letter_behind_a_refused_one_goes_out_on_the_same_connection(sink: Sink, new_post: NewPost) -> None:
    """The sequence begins anew with RSET, in the same piece."""
    sink.answer("RCPT", "550 5.1.1 No such user", recipient="nobody@example.com")
    refused, sent = new_post(server_of(sink)).send(letter("nobody@example.com"), letter())
    assert isinstance(refused, Rejected)
    assert isinstance(sent, Sent)
    assert sink.connections == 1
    assert [mail.rcpt_tos for mail in sink.received] == [("bob@example.com",)]
