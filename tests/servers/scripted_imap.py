"""A small IMAP server that keeps to the protocol except where a test tells it not to.

`ScriptedImap({1: b"…"}, answers={"UID FETCH": refuse("busy")})` serves a folder of one mail and refuses to give it.
`dates` say when mails arrived, by UID.
Every command has an answer, a function that writes to the client; `answers` replaces them by name. What clients sent
is in `received`, and what became of the mails in `folders` and `flags`.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from types import TracebackType
from typing import NoReturn, Self

from tests.servers.imap_answers import ANSWERS, PASSWORD, chosen, uid_fetch

ARRIVED = datetime(2026, 1, 5, 10, tzinfo=timezone(timedelta(hours=2)))
CAPABILITIES = "IMAP4rev1 AUTH=PLAIN IDLE MOVE UIDPLUS"
__all__ = [
    "PASSWORD",
    "Answer",
    "Dialogue",
    "ScriptedImap",
    "bye",
    "cut_in_literal",
    "drop",
    "hang",
    "raw",
    "refuse",
    "refuse_uid",
]

Answer = Callable[["Dialogue", str], None]


class _Over(Exception):
    """This dialogue ends here."""


class Dialogue:
    """One connection. An answer finds here the server, the tag of the command and the way to the client."""

    def __init__(self, server: "ScriptedImap", connection: socket.socket) -> None:
        """Take over an accepted connection."""
        self.server = server
        self.tag = ""
        self.idling = False
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._writing = threading.Lock()

    def send(self, data: bytes) -> None:
        """Send raw bytes."""
        with self._writing:
            self._connection.sendall(data)

    def line(self, text: str) -> None:
        """Send a line."""
        self.send(text.encode() + b"\r\n")

    def finish(self, status: str = "OK done") -> None:
        """Send the tagged line that ends the command."""
        self.line(f"{self.tag} {status}")

    def read(self) -> str:
        """Return the next line of the client's, without its end."""
        line = self._lines.readline()
        if not line:
            raise _Over
        text = line.rstrip(b"\r\n").decode()
        self.server.received.append(text)
        return text

    def protect(self, context: ssl.SSLContext) -> None:
        """Go on under TLS."""
        self._lines.close()
        self._connection = context.wrap_socket(self._connection, server_side=True)
        self._lines = self._connection.makefile("rb")

    def hang(self) -> NoReturn:
        """Say nothing more until the server is closed."""
        self.server.closing.wait(60)
        raise _Over

    def drop(self) -> NoReturn:
        """End the connection."""
        raise _Over

    def close(self) -> None:
        """Let the client see the end."""
        self._lines.close()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def serve(self) -> None:
        """Answer commands until one of the two has enough."""
        self.line(self.server.greeting)
        while not self.server.closing.is_set():
            self.tag, _, command = self.read().partition(" ")
            name, _, arguments = command.partition(" ")
            if name.upper() == "UID":
                second, _, arguments = arguments.partition(" ")
                name = f"UID {second}"
            answer = self.server.answers.get(name.upper())
            if answer is None:
                self.finish("BAD unknown command")
            else:
                answer(self, arguments)


class ScriptedImap:
    """The server, on a free loopback port. `mails` are those of INBOX by UID."""

    host = "127.0.0.1"

    def __init__(
        self,
        mails: Mapping[int, bytes] | None = None,
        *,
        answers: Mapping[str, Answer] | None = None,
        capabilities: str = CAPABILITIES,
        greeting: str = "* OK ready",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare the server; `tls` wraps every connection from its first byte."""
        self.folders: dict[str, dict[int, bytes]] = {"INBOX": dict(mails or {})}
        self.flags: dict[int, set[str]] = {}
        self.uidvalidity = 77
        self.dates: dict[int, datetime] = {}
        self.answers = {**ANSWERS, **(answers or {})}
        self.capabilities = capabilities
        self.greeting = greeting
        self.received: list[str] = []
        self.closing = threading.Event()
        self._tls = tls
        self._listening = socket.create_server((self.host, 0))
        self.port: int = self._listening.getsockname()[1]
        self._dialogues: list[Dialogue] = []
        self._threads = [threading.Thread(target=self._accept, name="scripted-imap")]

    def arrived(self, uid: int) -> datetime:
        """Return when a mail arrived."""
        return self.dates.get(uid, ARRIVED)

    @property
    def inbox(self) -> dict[int, bytes]:
        """The mails of INBOX by UID."""
        return self.folders["INBOX"]

    def commands(self, name: str) -> list[str]:
        """Return the lines received that hold the command `name`."""
        return [line for line in self.received if line.partition(" ")[2].upper().startswith(name)]

    def deliver(self, uid: int, raw: bytes) -> None:
        """Put a mail into INBOX, and tell clients in IDLE."""
        self.inbox[uid] = raw
        for dialogue in list(self._dialogues):
            if dialogue.idling:
                dialogue.line(f"* {len(self.inbox)} EXISTS")

    def __enter__(self) -> Self:
        """Begin to accept connections."""
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every connection, and wait until all threads have ended."""
        self.closing.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        for dialogue in list(self._dialogues):
            dialogue.close()
        for thread in self._threads:
            thread.join(10)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            connection.settimeout(60)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._converse, args=(connection,), name="scripted-imap-dialogue")
            self._threads.append(thread)
            thread.start()

    def _converse(self, connection: socket.socket) -> None:
        dialogue: Dialogue | None = None
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            dialogue = Dialogue(self, connection)
            self._dialogues.append(dialogue)
            dialogue.serve()
        except (_Over, OSError, ValueError):
            pass  # the client went, or the script said so; ValueError: the file was closed while it was read
        finally:
            (dialogue or connection).close()


# Faults, to be put into `answers`


def refuse(text: str, status: str = "NO") -> Answer:
    """Answer NO (or BAD)."""
    return lambda dialogue, _arguments: dialogue.finish(f"{status} {text}")


def bye(text: str) -> Answer:
    """Say BYE and end the connection."""

    def answer(dialogue: Dialogue, _arguments: str) -> None:
        dialogue.line(f"* BYE {text}")
        dialogue.drop()

    return answer


def hang(dialogue: Dialogue, _arguments: str) -> None:
    """Never answer."""
    dialogue.hang()


def drop(dialogue: Dialogue, _arguments: str) -> None:
    """End the connection without a word."""
    dialogue.drop()


def raw(data: bytes) -> Answer:
    """Send these bytes, whatever they are, and then the proper end of the command."""

    def answer(dialogue: Dialogue, _arguments: str) -> None:
        dialogue.send(data)
        dialogue.finish()

    return answer


def cut_in_literal(dialogue: Dialogue, _arguments: str) -> None:
    """Announce a mail of a thousand bytes, send ten of them and end the connection."""
    dialogue.send(b"* 1 FETCH (UID 1 BODY[] {1000}\r\nSubject: h")
    dialogue.drop()


def refuse_uid(uid: int) -> Answer:
    """Fetch as usual, but answer NO where `uid` is among those asked for and its body is wanted."""

    def answer(dialogue: Dialogue, arguments: str) -> None:
        uids, _, items = arguments.partition(" ")
        if uid in chosen(dialogue, uids) and "BODY" in items:
            dialogue.finish("NO [SERVERBUG] cannot read this one")
        else:
            uid_fetch(dialogue, arguments)

    return answer
