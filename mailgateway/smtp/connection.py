"""One SMTP connection that carries letters one after the other."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from functools import lru_cache
from typing import Self

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPNotSupported,
    SMTPResponse,
    SMTPResponseException,
)

from mailgateway.errors import LoginRefused
from mailgateway.mail.model import Letter
from mailgateway.smtp.opening import abandon, open_client
from mailgateway.smtp.outcome import Deferred, Outcome, Sent, TooLarge, one_line, outcome_of
from mailgateway.smtp.relay import Relay
from mailgateway.smtp.together import Envelope, exchange

_LIBRARY = (SMTPException, OSError, ValueError)

_GOODBYE = timedelta(seconds=2)

# Large letters are given more than the server's time-out: at least this rate is waited for
_BYTES_A_SECOND = 65_536

# RFC 5321 section 4.5.3.1: 64 for the local part, 255 for the domain
_LONGEST_ADDRESS = 320

# RFC 1870 section 4: a decimal number of at most twenty digits
_SIZE = re.compile(r"\d{1,20}", re.ASCII)
_TOO_MUCH = 552

# RFC 4954 section 6: it is the login that is missing, too weak or no longer good, whatever the letter
_LOGIN_WANTED = (530, 534, 535, 538)

# What tells of the connection and not of the letter: none (lost, time-out), closing, bad sequence of commands
_OF_THE_CONNECTION = (None, 421, 503)


class ConnectionEnded(Exception):
    """The server had closed the connection before the letter was offered on it."""


@dataclass(slots=True)
class _Progress:
    """How far a letter has come: whether the server may have it, from DATA on."""

    offered: bool = False


class Connection:
    """Open and logged in; `close` it at the end."""

    def __init__(self, client: SMTP, relay: Relay) -> None:
        """Take over a client that is ready to send."""
        self.relay = relay
        self._client = client
        # aiosmtplib forgets it when it closes, and TLS would then wait for the server's goodbye for half a minute
        self._transport = client.transport
        self._server = relay.server
        self._is_fresh = True
        self._is_dirty = False
        self._used_at = asyncio.get_running_loop().time()

    @classmethod
    async def open(cls, relay: Relay) -> Self:
        """Connect and log in; raises what `open_client` raises."""
        return cls(await open_client(relay.server, relay.helo), relay)

    def is_usable(self, idle_for: timedelta) -> bool:
        """Tell whether it is open, and was not idle for longer than that."""
        idle = asyncio.get_running_loop().time() - self._used_at
        return self._client.is_connected and idle <= idle_for.total_seconds()

    async def send(self, letter: Letter) -> Outcome:
        """Offer the letter and return its outcome.

        Raises ConnectionEnded where a connection used before turns out to be gone, and LoginRefused where the server
        wants another login: neither says anything about the letter, which was not offered.
        """
        room = self._room()
        if room is not None and len(letter.content) > room:
            return TooLarge(_TOO_MUCH, f"the server takes {room} bytes, and the letter has {len(letter.content)}", room)
        way = self._together if self._client.supports_extension("pipelining") else self._one_by_one
        progress = _Progress()
        try:
            response = await way(letter, progress)
        except _LIBRARY as error:
            outcome = outcome_of(error, offered=progress.offered)
            self._after(outcome)
            return outcome
        finally:
            self._is_fresh = False
            self._used_at = asyncio.get_running_loop().time()
        return Sent(one_line(response.message))

    async def _together(self, letter: Letter, progress: "_Progress") -> SMTPResponse:
        """Give all commands of the letter in one go (RFC 2920), then the letter."""
        options, encoding = self._options(letter)
        sender, recipient = letter.envelope_from.encode(encoding), letter.recipient.encode(encoding)
        envelope = Envelope(sender, recipient, tuple(option.encode("ascii") for option in options))
        patience = self._server.timeout.total_seconds()
        with exchange(self._client) as talk:
            try:
                await talk.begin(envelope, patience, reset=self._is_dirty)
            except _LIBRARY as error:
                self._blame_connection(error)
                raise
            await talk.agree(envelope, patience)
            progress.offered = True
            return await talk.give(letter.content, self._patience(letter))

    async def _one_by_one(self, letter: Letter, progress: "_Progress") -> SMTPResponse:
        """Wait for the answer to each command; the letter itself goes as it does in the other way."""
        await self._begin(letter)
        with exchange(self._client) as talk:
            await talk.announce(self._server.timeout.total_seconds())
            progress.offered = True
            return await talk.give(letter.content, self._patience(letter))

    def _patience(self, letter: Letter) -> float:
        return self._server.timeout.total_seconds() + len(letter.content) / _BYTES_A_SECOND

    async def close(self) -> None:
        """Say QUIT, and close; a server that does not answer is not waited for."""
        with suppress(*_LIBRARY):
            await self._client.quit(timeout=_GOODBYE.total_seconds())
        self.abandon()

    def abandon(self) -> None:
        """Close without a word."""
        abandon(self._client)
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()

    def _room(self) -> int | None:
        """Return how many bytes a letter may have: what the server announces (RFC 1870) and what it was said to take.

        A server that announces 0 takes whatever it can.
        """
        announced = self._client.esmtp_extensions.get("size", "").strip()
        limits = [self.relay.size_limit or 0, int(announced) if _SIZE.fullmatch(announced) else 0]
        return min(filter(None, limits), default=None)

    async def _begin(self, letter: Letter) -> None:
        options, encoding = self._options(letter)
        if self._is_dirty:
            await self._reset()
        try:
            await self._client.mail(letter.envelope_from, options=options, encoding=encoding)
        except _LIBRARY as error:
            self._blame_connection(error)
            raise
        await self._client.rcpt(letter.recipient, encoding=encoding)

    def _options(self, letter: Letter) -> tuple[list[str], str]:
        """Return the parameters of MAIL, and the encoding of both addresses."""
        if not (_is_address(letter.recipient) and (not letter.envelope_from or _is_address(letter.envelope_from))):
            raise ValueError("it is no address")
        offers = self._client.supports_extension
        is_ascii = letter.envelope_from.isascii() and letter.recipient.isascii()
        if not is_ascii and not offers("smtputf8"):
            raise SMTPNotSupported("the address has letters beyond ASCII, and the server knows no SMTPUTF8")
        options = [f"SIZE={len(letter.content)}"] if offers("size") else []
        if not letter.content.isascii() and offers("8bitmime"):
            options.append("BODY=8BITMIME")
        if not is_ascii or (offers("smtputf8") and not letter.header.isascii()):
            options.append("SMTPUTF8")
        return options, "ascii" if is_ascii else "utf-8"

    async def _reset(self) -> None:
        try:
            await self._client.rset()
        except _LIBRARY as error:
            self.abandon()
            raise ConnectionEnded from error
        self._is_dirty = False

    def _blame_connection(self, error: SMTPException | OSError | ValueError) -> None:
        """Raise what MAIL's failure says about the connection, if that is what it is about."""
        wants_login = isinstance(error, SMTPResponseException) and error.code in _LOGIN_WANTED
        if not self._is_fresh and (wants_login or _is_of_the_connection(outcome_of(error, offered=False))):
            self.abandon()
            raise ConnectionEnded from error
        if isinstance(error, SMTPResponseException) and wants_login:
            self.abandon()
            if self._server.login is not None:
                self._server.login.refused()
            said = f"{error.code} {one_line(error.message)}"
            raise LoginRefused(f"{self._server} does not let us send without another login: {said}") from error

    def _after(self, outcome: Outcome) -> None:
        if _is_of_the_connection(outcome):
            self.abandon()
        self._is_dirty = True


@lru_cache(maxsize=1024)
def _is_address(text: str) -> bool:
    # aiosmtplib takes an address out of whatever it is given, and might find another one
    is_plain = text.startswith('"') or not any(letter.isspace() for letter in text)
    return is_plain and 0 < len(text) <= _LONGEST_ADDRESS and parseaddr(text)[1] == text


def _is_of_the_connection(outcome: Outcome) -> bool:
    return isinstance(outcome, Deferred) and outcome.code in _OF_THE_CONNECTION
