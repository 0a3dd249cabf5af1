"""What is needed of clamd's protocol: INSTREAM, PING and VERSION (clamd(8)), each over a connection of its own.

Commands begin with z and end, as answers do, with NUL. Content goes in chunks, each behind its length in four octets,
most significant first; a length of zero ends it.
"""

import re
import select
import socket
import time
from dataclasses import dataclass, field
from datetime import timedelta
from struct import Struct

from mailgateway.accounts.network import spoken
from mailgateway.errors import ScanFailed, ScannerUnavailable

_LENGTH = Struct(">I")
_CHUNK = 65_536
_CONNECT = timedelta(seconds=5)
_REST = 5.0
"""Seconds for which a scanner that did not answer is not asked again: mails that wait for it do so quickly."""

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

    def scan(self, content: bytes) -> Verdict:
        """Have some content looked at.

        Raises ScannerUnavailable where nobody takes it, and ScanFailed where it was taken and no answer came of it.
        """
        answer = self._asked(b"zINSTREAM\0", content)
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
        pong = self._asked(b"zPING\0")
        if pong != "PONG":
            raise ScanFailed(f"what listens at {self.address} is no clamd: it answers PING with {_shown(pong)}")
        return _shown(self._asked(b"zVERSION\0"))

    def _asked(self, command: bytes, content: bytes | None = None) -> str:
        """Send a command, and content where it has some; return the answer."""
        if time.monotonic() < self._away_until:
            raise ScannerUnavailable(self._why)
        deadline = _Deadline(self.timeout)
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
            self._why = f"no clamd answers at {self.address}: {spoken(error)}"
            self._away_until = time.monotonic() + _REST
            raise ScannerUnavailable(self._why) from None


class _Deadline:
    """The end of a scan as a whole: clamd may say a byte now and then for ever."""

    def __init__(self, timeout: timedelta) -> None:
        self._ends = time.monotonic() + timeout.total_seconds()

    def holds(self, connection: socket.socket) -> None:
        """Give the next call of a socket what is left; raises TimeoutError where nothing is."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)


def _stream(connection: socket.socket, content: bytes, deadline: _Deadline) -> None:
    """Send content in chunks; leave off where clamd answers before the end, as it does to what is too large."""
    view = memoryview(content)
    for start in range(0, len(content), _CHUNK):
        if select.select([connection], [], [], 0)[0]:
            return
        chunk = view[start : start + _CHUNK]
        deadline.holds(connection)
        try:
            connection.sendall(_LENGTH.pack(len(chunk)))
            connection.sendall(chunk)
        except ConnectionError:
            return  # the answer that it hung up behind may still be there
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
