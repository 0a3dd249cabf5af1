"""A letter's commands given together (RFC 2920): MAIL, RCPT and DATA in one go cost one round trip instead of three.

aiosmtplib waits for each answer before the next command, drops what comes unasked, and copies a letter four times; so
for the length of a letter its connection is used here, and handed back between two of them.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPReadTimeoutError,
    SMTPRecipientRefused,
    SMTPResponse,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

# RFC 5321 section 4.5.3.1.5 says 512, which servers with long explanations do not keep to
_LONGEST_LINE = 8_192
_MOST_LINES = 100

_GO_ON = 354
_CLOSING = 421
_MALFORMED = -1
# a large letter is not in memory twice
_PIECE = 65_536
_PERIOD_AT_BEGINNING = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who a letter is from and for, in the bytes of the wire, and the parameters of its MAIL."""

    sender: bytes
    recipient: bytes
    options: tuple[bytes, ...] = ()

    def commands(self) -> tuple[bytes, ...]:
        """Return its commands, DATA the last; raises ValueError where an address would end its line."""
        if any(byte in address for address in (self.sender, self.recipient) for byte in b"\r\n"):
            raise ValueError("it is no address")
        mail = b" ".join((b"MAIL FROM:<%s>" % self.sender, *self.options))
        return mail, b"RCPT TO:<%s>" % self.recipient, b"DATA"


class Exchange:
    """The connection of a client while its answers are read here."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def begin(self, envelope: Envelope, patience: float, *, reset: bool) -> None:
        """Give the commands, and wait for what is said to MAIL; with `reset` what was begun before is dropped.

        Raises SMTPSenderRefused, and what `_answer` raises. What is said to RSET is left alone: where that means
        anything, MAIL is refused as well.
        """
        commands = (b"RSET", *envelope.commands()) if reset else envelope.commands()
        self._writer.write(b"".join(command + b"\r\n" for command in commands))
        if reset:
            await self._answer(patience)
        mail = await self._answer(patience)
        if _is_good(mail):
            return
        if mail.code != _CLOSING:
            with suppress(SMTPServerDisconnected, SMTPReadTimeoutError):
                await self._answer(patience)
                await self._end_without_letter(await self._answer(patience), patience)
        raise SMTPSenderRefused(mail.code, mail.message, envelope.sender.decode("utf-8", "replace"))

    async def agree(self, envelope: Envelope, patience: float) -> None:
        """Wait for the server's word to go on with the letter.

        Raises SMTPRecipientRefused or SMTPDataError where it says something else, and what `_answer` raises.
        """
        rcpt = await self._answer(patience)
        if not _is_good(rcpt):
            if rcpt.code != _CLOSING:
                with suppress(SMTPServerDisconnected, SMTPReadTimeoutError):
                    await self._end_without_letter(await self._answer(patience), patience)
            raise SMTPRecipientRefused(rcpt.code, rcpt.message, envelope.recipient.decode("utf-8", "replace"))
        await self._go_on(patience)

    async def announce(self, patience: float) -> None:
        """Give DATA by itself, and wait for the server's word to go on; raises SMTPDataError, and as `_answer`."""
        self._writer.write(b"DATA\r\n")
        await self._go_on(patience)

    async def _go_on(self, patience: float) -> None:
        data = await self._answer(patience)
        if data.code != _GO_ON:
            raise SMTPDataError(data.code, data.message)

    async def _end_without_letter(self, data: SMTPResponse, patience: float) -> None:
        """Give a server an empty letter that wants one for nobody (RFC 2920 section 3.1)."""
        if data.code == _GO_ON:
            self._writer.write(b".\r\n")
            await self._answer(patience)

    async def give(self, content: bytes, patience: float) -> SMTPResponse:
        """Give the letter and return the server's answer; raises SMTPDataError for a refusal, and as `_answer`."""
        ending = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
        async with _patient(patience):
            for piece in _pieces(content):
                self._writer.write(piece)
                await self._writer.drain()
            self._writer.write(ending)
        answer = await self._answer(patience)
        if not _is_good(answer):
            raise SMTPDataError(answer.code, answer.message)
        return answer

    async def _answer(self, patience: float) -> SMTPResponse:
        """Return the next answer; raises SMTPServerDisconnected, SMTPReadTimeoutError, SMTPResponseException."""
        async with _patient(patience):
            return await self._read()

    async def _read(self) -> SMTPResponse:
        said: list[bytes] = []
        while len(said) < _MOST_LINES:
            try:
                line = await self._reader.readline()
            except ValueError:
                raise SMTPResponseException(_MALFORMED, "Response too long") from None
            if not line.endswith(b"\n"):
                raise SMTPServerDisconnected("Connection lost")
            code, more, text = line[:3], line[3:4], line[4:].strip()
            if not code.isdigit():
                raise SMTPResponseException(_MALFORMED, "Malformed SMTP response line")
            said.append(text)
            if more != b"-":
                return SMTPResponse(int(code), b"\n".join(said).decode("utf-8", "surrogateescape"))
        raise SMTPResponseException(_MALFORMED, "Response too long")


class _Borrowed(asyncio.StreamWriter):
    """Writes to a connection that goes on living without it."""

    def __del__(self) -> None:
        """Leave the connection open, and say nothing of it."""


@asynccontextmanager
async def exchange(client: SMTP) -> AsyncIterator[Exchange]:
    """Read a client's connection within the block; the client has it again behind it, if it still stands."""
    transport, owner = client.transport, client.protocol
    if not isinstance(transport, asyncio.Transport) or owner is None or transport.is_closing():
        raise SMTPServerDisconnected("Connection lost")
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    ours = asyncio.StreamReaderProtocol(reader)
    transport.set_protocol(ours)
    ours.connection_made(transport)
    try:
        yield Exchange(reader, _Borrowed(transport, ours, reader, asyncio.get_running_loop()))
    finally:
        _hand_back(transport, owner, reader.at_eof)


def _hand_back(transport: asyncio.Transport, owner: asyncio.BaseProtocol, is_over: Callable[[], bool]) -> None:
    if is_over():
        transport.abort()
    transport.set_protocol(owner)


@asynccontextmanager
async def _patient(seconds: float) -> AsyncIterator[None]:
    """Wait no longer; raises SMTPReadTimeoutError, and SMTPServerDisconnected for a connection that breaks."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise SMTPReadTimeoutError("Timed out waiting for server response") from None
    except OSError as error:
        raise SMTPServerDisconnected("Connection lost") from error


def _pieces(content: bytes) -> Iterator[bytes]:
    """Give a letter with its leading periods doubled (RFC 5321 section 4.5.2), in pieces that end with a line."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start + _PIECE) + 1 or len(content)
        yield _PERIOD_AT_BEGINNING.sub(b"..", content[start:end])
        start = end


def _is_good(answer: SMTPResponse) -> bool:
    return 200 <= answer.code < 300
