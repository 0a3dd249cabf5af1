"""A real SMTP peer on a free loopback port that keeps what it is given and fails on demand."""

import asyncio
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self

from tests.servers.authority import authority
from tests.servers.conversation import Conversation, Fault, Received, Step

__all__ = ["Received", "Sink"]

Tls = Literal["none", "starttls", "implicit"]


class Sink:
    """An SMTP server; everything about it may be asked and changed from any thread while it runs."""

    host = "127.0.0.1"
    pipelines = False
    """Whether servers say that they take commands together (RFC 2920); they do in any case."""

    def __init__(
        self,
        *,
        tls: Tls = "none",
        users: Mapping[str, str] | None = None,
        mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN", "XOAUTH2"),
        smtp_utf8: bool = True,
        size_limit: int | None = None,
    ) -> None:
        """Prepare a server; with `users` (name -> password or token) nobody may send without log-in."""
        self.tls = tls
        self.users = dict(users or {})
        self.mechanisms = mechanisms if self.users else ()
        self.smtp_utf8 = smtp_utf8
        self.size_limit = size_limit
        self.port = 0
        self._changed = threading.Condition()
        self._received: list[Received] = []
        self._commands: list[str] = []
        self._faults: list[Fault] = []
        self._open: set[Conversation] = set()
        self._connections = 0
        self._most_at_once = 0
        self._hanging = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    @property
    def ca_file(self) -> str:
        """Path of the certificate that a client must trust to trust this server."""
        return authority().ca_file

    def start(self) -> None:
        """Start to listen; started again, it listens on the same port."""
        listening: Future[int] = Future()
        self._thread = threading.Thread(target=self._serve, args=(listening,), name="smtp-sink", daemon=True)
        self._thread.start()
        self.port = listening.result(timeout=30)

    def stop(self) -> None:
        """Stop to listen and cut every connection; what was received stays."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        with suppress(RuntimeError):  # the loop has ended by itself
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def received(self) -> list[Received]:
        """Every mail taken so far, in order."""
        with self._changed:
            return list(self._received)

    @property
    def commands(self) -> list[str]:
        """The verb of every command so far, in order, over all connections."""
        with self._changed:
            return list(self._commands)

    @property
    def connections(self) -> int:
        """Number of connections made so far."""
        with self._changed:
            return self._connections

    @property
    def most_at_once(self) -> int:
        """Highest number of connections that were open at the same time."""
        with self._changed:
            return self._most_at_once

    def wait_for(self, count: int, timeout: float = 30.0) -> list[Received]:
        """Wait until at least `count` mails were taken, and return all.

        Raises:
            TimeoutError: there were fewer after `timeout` seconds.
        """
        self._wait(lambda: len(self._received) >= count, timeout, f"{count} mails")
        return self.received

    def wait_until_hanging(self, timeout: float = 30.0) -> None:
        """Wait until a client has run into a `hang`.

        Raises:
            TimeoutError: none did within `timeout` seconds.
        """
        self._wait(lambda: self._hanging > 0, timeout, "a hanging client")

    def clear(self) -> None:
        """Forget the mails and every fault not yet used up."""
        with self._changed:
            self._received.clear()
            self._commands.clear()
            self._faults.clear()

    def answer(self, step: Step, reply: str, *, recipient: str | None = None, times: int | None = 1) -> None:
        """Answer the next `times` such commands (None: all from now on) with `reply`, e.g. "451 4.3.0 later".

        With `recipient` only where that address is the RCPT, or among the recipients of the mail. A 421 closes the
        connection. A positive answer at DOT takes the mail.
        """
        accepts = step == "DOT" and reply.startswith("2")
        self._add(Fault(step, reply, hangs=False, accepts=accepts, recipient=recipient, left=times))

    def drop(
        self, step: Step, *, recipient: str | None = None, times: int | None = 1, accept_mail: bool = False
    ) -> None:
        """Cut the connection instead of answering; at DOT the mail may have been accepted all the same."""
        self._add(Fault(step, None, hangs=False, accepts=accept_mail, recipient=recipient, left=times))

    def hang(
        self, step: Step, *, recipient: str | None = None, times: int | None = 1, accept_mail: bool = False
    ) -> None:
        """Never answer, and keep the connection open; at DOT the mail may have been accepted all the same."""
        self._add(Fault(step, None, hangs=True, accepts=accept_mail, recipient=recipient, left=times))

    def greylist(self, times: int = 1, *, recipient: str | None = None) -> None:
        """Turn the next `times` recipients away for now."""
        self.answer("RCPT", "450 4.2.0 Greylisted, try again later", recipient=recipient, times=times)

    def cut_connections(self) -> None:
        """Close every open connection, as a server does with idle ones."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._abort_all)
            self._wait(lambda: not self._open, 30.0, "the connections to close")

    # what a conversation tells and asks, in the loop's thread

    def opened(self, conversation: Conversation) -> int:
        """Take note of a new connection and return its number."""
        with self._changed:
            self._open.add(conversation)
            self._connections += 1
            self._most_at_once = max(self._most_at_once, len(self._open))
            return self._connections

    def closed(self, conversation: Conversation) -> None:
        """Take note of the end of a connection."""
        with self._changed:
            self._open.discard(conversation)
            self._changed.notify_all()

    def fault(self, step: str, recipients: list[str]) -> Fault | None:
        """Return the oldest fault that applies, and count it as used."""
        with self._changed:
            if step not in ("CONNECT", "BODY", "DOT"):
                self._commands.append(step)
            for fault in self._faults:
                if fault.step == step and (fault.recipient is None or fault.recipient in recipients):
                    if fault.left is not None:
                        fault.left -= 1
                    self._faults = [one for one in self._faults if one.left != 0]
                    self._hanging += fault.hangs
                    self._changed.notify_all()
                    return fault
            return None

    def take(self, mail: Received) -> None:
        """Keep a mail."""
        with self._changed:
            self._received.append(mail)
            self._changed.notify_all()

    def _add(self, fault: Fault) -> None:
        with self._changed:
            self._faults.append(fault)

    def _wait(self, done: Callable[[], bool], timeout: float, what: str) -> None:
        with self._changed:
            if not self._changed.wait_for(done, timeout):
                raise TimeoutError(f"waited {timeout:g} s for {what}; {len(self._received)} mails are here")

    def _serve(self, listening: Future[int]) -> None:
        asyncio.run(self._listen(listening))

    async def _listen(self, listening: Future[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        context = authority().server_context() if self.tls == "implicit" else None
        try:
            server = await self._loop.create_server(
                lambda: Conversation(self), self.host, self.port, ssl=context, family=socket.AF_INET
            )
        except OSError as error:
            listening.set_exception(error)
            return
        listening.set_result(server.sockets[0].getsockname()[1])
        await self._stopping.wait()
        server.close()
        self._abort_all()
        await asyncio.to_thread(self._wait, lambda: not self._open, 30.0, "the connections to close")

    def _abort_all(self) -> None:
        for conversation in list(self._open):
            conversation.abort()
