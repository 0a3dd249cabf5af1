"""A letter's commands given together (RFC 2920): MAIL, RCPT and DATA in one go cost one round trip instead of three."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPReadTimeoutError,
    SMTPRecipientRefused,
    SMTPResponse,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from mailgateway.smtp.wire import Wire, borrowed

_GO_ON = 354
_CLOSING = 421
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
    """What is said about one letter. Each answer is waited for `patience` seconds."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def begin(self, envelope: Envelope, patience: float, *, reset: bool) -> None:
        """Give the commands, and wait for what is said to MAIL; with `reset` what was begun before is dropped.

        Raises SMTPSenderRefused, and what `Wire.answer` raises. What is said to RSET is left alone: where that means
        anything, MAIL is refused as well.
        """
        commands = (b"RSET", *envelope.commands()) if reset else envelope.commands()
        self._wire.write(b"".join(command + b"\r\n" for command in commands))
        if reset:
            await self._wire.answer(patience)
        mail = await self._wire.answer(patience)
        if _is_good(mail):
            return
        if mail.code != _CLOSING:
            with suppress(SMTPServerDisconnected, SMTPReadTimeoutError):
                await self._wire.answer(patience)
                await self._end_without_letter(await self._wire.answer(patience), patience)
        raise SMTPSenderRefused(mail.code, mail.message, envelope.sender.decode("utf-8", "replace"))

    async def agree(self, envelope: Envelope, patience: float) -> None:
        """Wait for the server's word to go on with the letter.

        Raises SMTPRecipientRefused or SMTPDataError where it says something else, and what `Wire.answer` raises.
        """
        rcpt = await self._wire.answer(patience)
        if not _is_good(rcpt):
            if rcpt.code != _CLOSING:
                with suppress(SMTPServerDisconnected, SMTPReadTimeoutError):
                    await self._end_without_letter(await self._wire.answer(patience), patience)
            raise SMTPRecipientRefused(rcpt.code, rcpt.message, envelope.recipient.decode("utf-8", "replace"))
        await self._go_on(patience)

    async def announce(self, patience: float) -> None:
        """Give DATA by itself, and wait for the server's word to go on; raises SMTPDataError, and as `Wire.answer`."""
        self._wire.write(b"DATA\r\n")
        await self._go_on(patience)

    async def _go_on(self, patience: float) -> None:
        data = await self._wire.answer(patience)
        if data.code != _GO_ON:
            raise SMTPDataError(data.code, data.message)

    async def _end_without_letter(self, data: SMTPResponse, patience: float) -> None:
        """Give a server an empty letter that wants one for nobody (RFC 2920 section 3.1)."""
        if data.code == _GO_ON:
            self._wire.write(b".\r\n")
            await self._wire.answer(patience)

    async def give(self, content: bytes, patience: float) -> SMTPResponse:
        """Give the letter and return the server's answer; raises SMTPDataError for a refusal, and as `Wire.answer`."""
        is_whole = await self._pour(content, asyncio.get_running_loop().time() + patience)
        # who hung up may have said why
        answer = await self._wire.answer(patience)
        if not _is_good(answer):
            raise SMTPDataError(answer.code, answer.message)
        if not is_whole:
            raise SMTPServerDisconnected("Connection lost")
        return answer

    async def _pour(self, content: bytes, until: float) -> bool:
        for piece in _pieces(content):
            self._wire.write(piece)
            if not await self._wire.room(until):
                return False
        return True


@contextmanager
def exchange(client: SMTP) -> Iterator[Exchange]:
    """Use a client's connection for a letter within the block; raises SMTPServerDisconnected where there is none."""
    with borrowed(client) as wire:
        yield Exchange(wire)


def _pieces(content: bytes) -> Iterator[bytes]:
    """Give a letter with its leading periods doubled (RFC 5321 section 4.5.2), in pieces that end with a line.

    The last one has the line with which a letter ends: a small letter is one piece, and leaves in one packet.
    """
    ending = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    start = 0
    while True:
        end = content.find(b"\n", start + _PIECE) + 1 or len(content)
        piece = _PERIOD_AT_BEGINNING.sub(b"..", content[start:end])
        if end == len(content):
            yield piece + ending
            return
        yield piece
        start = end


def _is_good(answer: SMTPResponse) -> bool:
    return 200 <= answer.code < 300
