"""The connection of an aiosmtplib client while a letter is on it: answers are read, and what is given is waited for.

An answer that is there already is taken without waiting, and so without a timer: where three commands were given
together, their answers often come in one packet. aiosmtplib drops what comes unasked, so its connection is used here,
and handed back between letters.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtplib import SMTP, SMTPReadTimeoutError, SMTPResponse, SMTPResponseException, SMTPServerDisconnected

# RFC 5321 section 4.5.3.1.5 says 512, which servers with long explanations do not keep to
_LONGEST_LINE = 8_192
_MOST_LINES = 100
_MOST_UNREAD = 262_144

_MALFORMED = -1


class Wire(asyncio.Protocol):
    """Reads and writes for one task; `answer` and `room` are never awaited at the same time."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Take a transport, of which this becomes the protocol."""
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._unread = bytearray()
        self._said: list[bytes] = []
        self._is_full = False
        self._is_lost = False
        self._news: asyncio.Future[None] | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the server has ended the connection, or it broke."""
        return self._is_lost

    def write(self, data: bytes) -> None:
        """Give bytes, without waiting for them to leave."""
        self._transport.write(data)

    async def room(self, until: float) -> bool:
        """Wait, up to that time of the loop, until more may be given; False where nobody takes it any more.

        Raises SMTPReadTimeoutError.
        """
        while self._is_full and not self._is_lost:
            await self._something(until)
        return not self._is_lost

    async def answer(self, patience: float) -> SMTPResponse:
        """Return the next answer (RFC 5321 section 4.2.1), which is waited for so many seconds.

        Raises SMTPServerDisconnected, SMTPReadTimeoutError, and SMTPResponseException for what is none.
        """
        until = self._loop.time() + patience
        while (answer := self._next()) is None:
            if self._is_lost:
                raise SMTPServerDisconnected("Connection lost")
            await self._something(until)
        return answer

    def _next(self) -> SMTPResponse | None:
        """Take an answer out of what came, None where it is not whole yet."""
        while (end := self._unread.find(b"\n")) >= 0:
            line = bytes(self._unread[:end])
            del self._unread[: end + 1]
            code, more = line[:3], line[3:4]
            if end > _LONGEST_LINE or len(self._said) == _MOST_LINES:
                raise SMTPResponseException(_MALFORMED, "Response too long")
            if not code.isdigit():
                raise SMTPResponseException(_MALFORMED, "Malformed SMTP response line")
            self._said.append(line[4:].strip())
            if more != b"-":
                said, self._said = self._said, []
                return SMTPResponse(int(code), b"\n".join(said).decode("utf-8", "surrogateescape"))
        if len(self._unread) > _LONGEST_LINE:
            raise SMTPResponseException(_MALFORMED, "Response too long")
        return None

    async def _something(self, until: float) -> None:
        """Wait for whatever happens next; raises SMTPReadTimeoutError."""
        news = self._news = self._loop.create_future()
        timer = self._loop.call_at(until, self._tell, SMTPReadTimeoutError("Timed out waiting for server response"))
        try:
            await news
        finally:
            timer.cancel()
            self._news = None

    def _tell(self, error: Exception | None = None) -> None:
        if self._news is None or self._news.done():
            return
        if error is None:
            self._news.set_result(None)
        else:
            self._news.set_exception(error)

    def data_received(self, data: bytes) -> None:
        """Keep what the server says; one that goes on without end while nobody asked is left."""
        self._unread += data
        if len(self._unread) > _MOST_UNREAD:
            self._transport.abort()
        self._tell()

    def eof_received(self) -> None:
        """The server has said its last word: what is not given yet is not given any more."""
        # left alone, the transport would close by itself, and be half gone where it is aborted behind the letter
        self._transport.abort()
        self._end()

    def connection_lost(self, _: Exception | None) -> None:
        """There is nobody there any more."""
        self._end()

    def _end(self) -> None:
        self._is_lost = True
        self._tell()

    def pause_writing(self) -> None:
        """What was given waits to leave."""
        self._is_full = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._is_full = False
        self._tell()


@contextmanager
def borrowed(client: SMTP) -> Iterator[Wire]:
    """Use a client's connection within the block; the client has it again behind it, if it still stands.

    Raises SMTPServerDisconnected where it does not stand any more.
    """
    transport, owner = client.transport, client.protocol
    if not isinstance(transport, asyncio.Transport) or owner is None or transport.is_closing():
        raise SMTPServerDisconnected("Connection lost")
    wire = Wire(transport)
    transport.set_protocol(wire)
    try:
        yield wire
    finally:
        if wire.is_lost:
            transport.abort()
        transport.set_protocol(owner)
