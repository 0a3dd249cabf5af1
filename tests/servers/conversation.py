"""One SMTP conversation of the sink: aiosmtpd's, with a place for a fault before each answer."""

import asyncio
import collections
from base64 import b64decode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.authority import authority

if TYPE_CHECKING:
    from tests.servers.sink import Sink

Step = Literal["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "BODY", "DOT", "RSET"]
"""Where a conversation can go wrong. DATA is the command, BODY while the mail is being handed over, DOT after it."""

_ALL_MECHANISMS = frozenset({"LOGIN", "PLAIN", "XOAUTH2"})
_REFUSED = "535 5.7.8 Authentication credentials invalid"


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that the sink has taken; `connection` counts its connections from 1, `login` is who was logged in."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes = field(repr=False)
    at_port: int
    connection: int
    login: str | None
    tls: bool
    smtp_utf8: bool


@dataclass(slots=True)
class Fault:
    """What happens instead of the normal answer; `reply` None with `hangs` false drops the connection."""

    step: Step
    reply: str | None
    hangs: bool
    accepts: bool
    recipient: str | None
    left: int | None


class Conversation(SMTP):
    """Speaks with one client on behalf of a sink."""

    # access tokens are longer than the 512 octets that aiosmtpd allows a command
    command_size_limit = 16_384
    command_size_limits = collections.defaultdict(lambda: 16_384)  # noqa: RUF012 - as aiosmtpd declares it
    line_length_limit = 100_000

    def __init__(self, sink: "Sink") -> None:
        """Take the sink's settings."""
        self._sink = sink
        self._number = 0
        self._login: str | None = None
        super().__init__(
            _Taker(),
            data_size_limit=sink.size_limit,
            enable_SMTPUTF8=sink.smtp_utf8,
            hostname="sink.test",
            ident="ESMTP",
            tls_context=authority().server_context() if sink.tls == "starttls" else None,
            auth_require_tls=False,
            auth_exclude_mechanism=_ALL_MECHANISMS.difference(sink.mechanisms),
            authenticator=self._authenticated,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection; it is made a second time by STARTTLS."""
        if not self._number:
            self._number = self._sink.opened(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Take the connection off the sink's list."""
        super().connection_lost(error)
        self._sink.closed(self)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def _handle_client(self) -> None:
        if await self._fails("CONNECT"):
            self._writer.close()
        else:
            await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd finds it by this name
        """Answer EHLO."""
        if not await self._fails("EHLO"):
            await super().smtp_EHLO(hostname)

    def extensions(self) -> list[str]:
        """Return the lines of the sink's own answers to EHLO."""
        return ["250-PIPELINING"] if self._sink.pipelines else []

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        """Answer AUTH."""
        if not await self._fails("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Answer MAIL; where users are known, only they may send."""
        if await self._fails("MAIL"):
            return
        if self._sink.users and not (self.session and self.session.authenticated):
            await self.push("530 5.7.0 Authentication required")
            return
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """Answer RCPT."""
        address = (arg or "").partition(":")[2].strip().partition(" ")[0].strip("<>")
        if not await self._fails("RCPT", [address]):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Take the mail itself."""
        recipients = self._recipients()
        if await self._fails("DATA", recipients):
            return
        fault = self._sink.fault("BODY", recipients)
        if fault is not None:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self.push(await self._reply(fault))
            return
        await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        """Answer RSET."""
        if not await self._fails("RSET"):
            await super().smtp_RSET(arg)

    async def auth_XOAUTH2(self, _server: object, args: list[str]) -> AuthResult:  # noqa: N802
        """Check a bearer token; a refusal comes after a challenge that the client must answer with nothing."""
        fields = dict(part.split("=", 1) for part in b64decode(args[1]).decode().split("\x01") if part)
        login, token = fields["user"], fields["auth"].removeprefix("Bearer ")
        if self._knows(login, token):
            return AuthResult(success=True)
        await self.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False, message=_REFUSED)

    async def taken(self, envelope: Envelope) -> str:
        """Judge a mail that is complete, and return the answer to its final dot."""
        fault = self._sink.fault("DOT", self._recipients())
        if fault is None or fault.accepts:
            self._take(envelope)
        if fault is None:
            return "250 2.0.0 Ok: queued"
        return await self._reply(fault)

    async def _fails(self, step: "Step", recipients: list[str] | None = None) -> bool:
        fault = self._sink.fault(step, recipients or [])
        if fault is None:
            return False
        await self.push(await self._reply(fault))
        return True

    async def _reply(self, fault: "Fault") -> str:
        if fault.hangs:
            await asyncio.get_running_loop().create_future()
        if fault.reply is None:
            self.abort()
        elif fault.reply.startswith("421"):
            await self.push(fault.reply)
            self._writer.close()
        else:
            return fault.reply
        # aiosmtpd ends a conversation by cancelling its task
        raise asyncio.CancelledError

    def _take(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        self._sink.take(
            Received(
                mail_from="" if envelope.mail_from == "<>" else envelope.mail_from or "",
                rcpt_tos=tuple(envelope.rcpt_tos),
                content=envelope.content,
                at_port=self._sink.port,
                connection=self._number,
                login=self._login,
                tls=self._sink.tls == "implicit" or self._original_transport is not None,
                smtp_utf8=bool(envelope.smtp_utf8),
            )
        )

    def _recipients(self) -> list[str]:
        return list(self.envelope.rcpt_tos) if self.envelope else []

    def _authenticated(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
    ) -> AuthResult:
        right = self._knows(given.login.decode(), given.password.decode())
        return AuthResult(success=right, handled=False, message=None if right else _REFUSED)

    def _knows(self, login: str, secret: str) -> bool:
        right = self._sink.users.get(login) == secret
        self._login = login if right else None
        return right


class _Taker:
    """The handler that aiosmtpd asks once a mail is complete."""

    async def handle_EHLO(  # noqa: N802
        self, server: Conversation, session: Session, _envelope: Envelope, hostname: str, answer: list[str]
    ) -> list[str]:
        """Add what the sink can do beyond aiosmtpd."""
        session.host_name = hostname
        return [answer[0], *server.extensions(), *answer[1:]]

    async def handle_DATA(self, server: Conversation, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Hand the mail to its conversation."""
        return await server.taken(envelope)
