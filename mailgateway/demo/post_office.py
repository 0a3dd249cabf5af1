"""The demonstration's mail servers: mail to a support address lands in the support mailbox, the rest is shown."""

import asyncio
import imaplib
import socket
import threading
from argparse import Namespace
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPService

from mailgateway.mail.model import Mail
from mailgateway.mail.parse import parse

USER = "support"
PASSWORD = "demo"
_HOST = "127.0.0.1"
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail that reached somebody outside the desk."""

    recipient: str
    mail: Mail


class PostOffice:
    """An IMAP server with one mailbox, and an SMTP server that delivers into it."""

    def __init__(self, is_support: Callable[[str], bool]) -> None:
        self.imap_port = self.smtp_port = 0
        self._is_support = is_support
        self._delivered: list[Delivered] = []
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._open = threading.Event()
        self._thread = threading.Thread(target=self._run, name="post-office", daemon=True)

    def __enter__(self) -> Self:
        """Open both servers. Raises TimeoutError where they do not open."""
        self._thread.start()
        if not self._open.wait(30):
            raise TimeoutError("the demonstration's mail servers did not open within 30 s")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both servers."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def write(self, raw: bytes) -> None:
        """Put a mail into the support mailbox."""
        with imaplib.IMAP4(_HOST, self.imap_port, timeout=30) as connection:
            connection.login(USER, PASSWORD)
            connection.append("INBOX", "", "", raw)

    def wait_for(self, recipient: str, count: int = 1, timeout: float = 30) -> Delivered:
        """Return the `count`-th mail that reached somebody. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.delivered_to(recipient)) >= count, timeout):
                raise TimeoutError(f"no mail number {count} for {recipient} within {timeout:.0f} s")
            return self.delivered_to(recipient)[count - 1]

    def delivered_to(self, recipient: str) -> list[Delivered]:
        """Return what reached one address so far."""
        return [delivered for delivered in self._delivered if delivered.recipient == recipient]

    def delivered_after(self, count: int, timeout: float) -> list[Delivered]:
        """Return what was delivered after the first `count` mails, waiting up to `timeout` seconds for some."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._delivered) > count, timeout)
            return self._delivered[count:]

    @property
    def count(self) -> int:
        """Number of mails delivered so far."""
        return len(self._delivered)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Take a mail (called by aiosmtpd)."""
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        for recipient in envelope.rcpt_tos:
            if self._is_support(recipient):
                await asyncio.to_thread(self.write, raw)
            else:
                with self._changed:
                    self._delivered.append(Delivered(recipient, parse(raw)))
                    self._changed.notify_all()
        return "250 2.0.0 delivered"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        for _ in range(_TRIES):
            self.imap_port, self.smtp_port = _free_port(), _free_port()
            try:
                self._loop.run_until_complete(self._serve())
                break
            except OSError:
                # somebody may take a port between its choice and its use
                if self._open.is_set():
                    raise
        self._loop.close()

    async def _serve(self) -> None:
        settings = Namespace(
            host=[_HOST],
            port=str(self.imap_port),
            cert=None,
            key=None,
            tls=False,
            proxy_protocol=None,
            inherited_sockets=None,
            debug=False,
            demo_data=False,
            demo_user=USER,
            demo_password=PASSWORD,
            passlib_cfg=None,
        )
        backend, config = await DictBackend.init(settings)
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            await IMAPService(backend, config).start(stack)
            smtp = await self._loop.create_server(lambda: _Conversation(self), _HOST, self.smtp_port)
            self._open.set()
            await self._end.wait()
            smtp.close()
        talking = asyncio.all_tasks() - {asyncio.current_task()}
        for one in talking:
            one.cancel()
        await asyncio.gather(*talking, return_exceptions=True)


class _Conversation(SMTP):
    """One SMTP connection, which is closed when nobody talks on it any more."""

    def __init__(self, office: PostOffice) -> None:
        super().__init__(office, enable_SMTPUTF8=True)

    async def _handle_client(self) -> None:
        try:
            await super()._handle_client()
        finally:
            self._writer.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
