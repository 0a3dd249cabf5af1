"""What is needed of clamd's protocol: INSTREAM, PING and VERSION (clamd(8)), each over a connection of its own.

Commands begin with z and end, as answers do, with NUL. Content goes in chunks, each behind its length in four octets,
most significant first; a length of zero ends it.

Who gave no verdict last time is first given a few bytes that mean nothing: a scanner that fails at those is away, and
no mail is to blame.
"""

import re
import select
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from struct import Struct
from typing import NoReturn

from mailgateway.accounts.network import spoken
from mailgateway.clock import monotonic
from mailgateway.errors import ScanFailed, ScannerUnavailable

_LENGTH = Struct(">I")
_CHUNK = 65_536
_CONNECT = timedelta(seconds=5)
_REST = 5.0
"""Seconds for which a scanner that did not answer is not asked again: mails that wait for it do so quickly."""

_HARMLESS = b"mailgateway"
_PATIENCE = timedelta(seconds=10)
"""How long a scanner that is in doubt may think about what is harmless."""

_MOST_ANSWER = 4_096
_LONGEST_NAME = 100
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._:/()+-]+")


@dataclass(frozen=True, slots=True)
class Clean:
    """Nothing was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something was found, of this name."""

    signature: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """It is larger than clamd takes (StreamMaxLength)."""


Verdict = Clean | Found | TooLarge


@dataclass(slots=True)
class Clamd:
    """A clamd at `HOST:PORT`, an IPv6 address in brackets, or at the path of a socket; `timeout` is for one scan."""

    address: str
    timeout: timedelta
    _away_until: float = field(default=0.0, init=False, repr=False, compare=False)
    _why: str = field(default="", init=False, repr=False, compare=False)
    _in_doubt: bool = field(default=False, init=False, repr=False, compare=False)

    def scan(self, content: bytes, until: float = inf) -> Verdict:
        """Have some content looked at, until a moment of the monotonic clock at the latest.

        Raises ScannerUnavailable where nobody takes it or where nothing gets a verdict, and ScanFailed where this alone
        was taken and none came of it.
        """
        if self._in_doubt:
            self._try_the_harmless()
        try:
            verdict = self._verdict(content, _Deadline(self.timeout, until))
        except ScanFailed:
            self._in_doubt = True
            raise
        self._in_doubt = False
        return verdict

    def _try_the_harmless(self) -> None:
        try:
            self._verdict(_HARMLESS, _Deadline(min(self.timeout, _PATIENCE)))
        except ScanFailed as error:
            self._be_away(str(error))

    def _verdict(self, content: bytes, deadline: "_Deadline") -> Verdict:
        answer = self._asked(b"zINSTREAM\0", deadline, content)
        if answer.startswith("INSTREAM size limit exceeded"):
            return TooLarge()
        said = answer.removeprefix("stream: ")
        if said == "OK":
            return Clean()
        if said.endswith(" FOUND"):
            return Found(_NOT_IN_NAMES.sub("_", said.removesuffix(" FOUND"))[:_LONGEST_NAME])
        raise ScanFailed(f"clamd at {self.address} gave no verdict: {_shown(answer)}")

    def version(self) -> str:
        """Return what clamd says of itself and its signatures; raises ScannerUnavailable and ScanFailed."""
        pong = self._asked(b"zPING\0", _Deadline(self.timeout))
        if pong != "PONG":
            raise ScanFailed(f"what listens at {self.address} is no clamd: it answers PING with {_shown(pong)}")
        return _shown(self._asked(b"zVERSION\0", _Deadline(self.timeout)))

    def _asked(self, command: bytes, deadline: "_Deadline", content: bytes | None = None) -> str:
        """Send a command, and content where it has some; return the answer."""
        if monotonic() < self._away_until:
            raise ScannerUnavailable(self._why)
        with self._connected() as connection:
            try:
                deadline.holds(connection)
                connection.sendall(command)
                if content is not None:
                    _stream(connection, content, deadline)
                return _answer(connection, deadline)
            except OSError as error:
                raise ScanFailed(f"clamd at {self.address} left off: {spoken(error)}") from None

    def _connected(self) -> socket.socket:
        try:
            if self.address.startswith("/"):
                connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                try:
                    connection.settimeout(_CONNECT.total_seconds())
                    connection.connect(self.address)
                except OSError:
                    connection.close()
                    raise
                return connection
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), _CONNECT.total_seconds())
        except OSError as error:
            self._be_away(f"no clamd answers at {self.address}: {spoken(error)}")

    def _be_away(self, why: str) -> NoReturn:
        self._why = why
        self._away_until = monotonic() + _REST
        raise ScannerUnavailable(why) from None


class _Deadline:
    """The end of a scan as a whole: clamd may say a byte now and then for ever."""

    def __init__(self, timeout: timedelta, until: float = inf) -> None:
        self._ends = min(monotonic() + timeout.total_seconds(), until)

    def holds(self, connection: socket.socket) -> None:
        """Give the next call of a socket what is left; raises TimeoutError where nothing is."""
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)


def _stream(connection: socket.socket, content: bytes, deadline: _Deadline) -> None:
    """Send content in chunks; leave off where clamd answers before the end, as it does to what is too large."""
    view = memoryview(content)
    with suppress(ConnectionError):  # the answer that it hung up behind may still be there
        for start in range(0, len(content), _CHUNK):
            if select.select([connection], [], [], 0)[0]:
                return
            chunk = view[start : start + _CHUNK]
            deadline.holds(connection)
            connection.sendall(_LENGTH.pack(len(chunk)))
            connection.sendall(chunk)
        deadline.holds(connection)
        connection.sendall(_LENGTH.pack(0))


def _answer(connection: socket.socket, deadline: _Deadline) -> str:
    said = b""
    while b"\0" not in said and len(said) < _MOST_ANSWER:
        deadline.holds(connection)
        more = connection.recv(_MOST_ANSWER)
        if not more:
            break
        said += more
    if not said:
        raise ConnectionResetError(104, "")
    return said.partition(b"\0")[0].decode("ascii", "replace").strip()


def _shown(answer: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in answer[:200])
