"""One call of a webhook, bounded in time and size; redirects are refused.

An address comes from the configuration alone, never from a mail, so it may be any host that an admin names; only what
travels unprotected (http://) has to stay on this host or in a private network, whatever its name leads to.
"""

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx

from mailgateway.accounts.endpoint import Endpoint
from mailgateway.accounts.network import spoken
from mailgateway.hooks.outcome import Gone, Later, Outcome, Taken

_MOST_BYTES = 2_000
_SHOWN = 200
_GONE = 410
_BLANKS = re.compile(r"\s+")
# Uncompressed, so that the bound on the answer is one on memory too
_HEADERS = {"Content-Type": "application/json", "User-Agent": "mailgateway", "Accept-Encoding": "identity"}
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class _Deadline:
    """Ends a call that takes too long as a whole: a server may send a byte now and then for ever."""

    def __init__(self, timeout: timedelta) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(timeout.total_seconds(), self._end)
        self._timer.daemon = True

    @contextmanager
    def __call__(self) -> Iterator[None]:
        self._timer.start()
        try:
            yield
        finally:
            self._timer.cancel()

    def watch(self, event: str, facts: Mapping[str, Any]) -> None:
        """Take note of the connection, as httpcore tells of it."""
        if event == "connection.connect_tcp.complete":
            self._socket = facts["return_value"].get_extra_info("socket")
            if self.passed:
                self._end()

    def _end(self) -> None:
        self.passed = True
        connected = self._socket
        if connected is not None:
            try:
                connected.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def post(endpoint: Endpoint, headers: Mapping[str, str], content: bytes, tls: ssl.SSLContext) -> Outcome:
    """Make a call, and say what became of it. Whatever the other side does, that is all it can do to us."""
    deadline = _Deadline(endpoint.timeout)
    try:
        if problem := _unprotected(endpoint):
            return Later(problem, silent=True)
        with deadline():
            return _asked(endpoint, {**headers, **_HEADERS}, content, tls, deadline)
    except _NOT_SENT as error:
        return Later(_why(error), silent=True)
    except httpx.InvalidURL as error:
        return Later(f"the address cannot be used: {error}", silent=True)
    except httpx.HTTPError as error:
        late = deadline.passed or isinstance(error, httpx.TimeoutException)
        return Later("no answer in time" if late else _why(error), uncertain=True, silent=True)


def _asked(
    endpoint: Endpoint, headers: Mapping[str, str], content: bytes, tls: ssl.SSLContext, deadline: _Deadline
) -> Outcome:
    with (
        httpx.Client(timeout=endpoint.timeout.total_seconds(), verify=tls, follow_redirects=False) as client,
        client.stream(
            "POST", endpoint.url, content=content, headers=headers, extensions={"trace": deadline.watch}
        ) as response,
    ):
        return _outcome(response.status_code, _beginning(response))


def _outcome(status: int, said: str) -> Outcome:
    answer = f"{status} {said}".rstrip()
    if 200 <= status < 300:
        return Taken(answer)
    if status == _GONE:
        return Gone(answer)
    if 300 <= status < 400:
        return Later(f"{status}: a redirect is not followed; write the address that it leads to")
    return Later(answer)


def _beginning(response: httpx.Response) -> str:
    """Return the first words of an answer; what comes after them is not read, and what goes wrong there not minded."""
    said = b""
    try:
        for part in response.iter_raw(_MOST_BYTES):
            said += part
            if len(said) >= _MOST_BYTES:
                break
    except httpx.HTTPError:
        pass
    text = _BLANKS.sub(" ", said[:_MOST_BYTES].decode("utf-8", "replace")).strip()
    return "".join(letter for letter in text if letter.isprintable())[:_SHOWN]


def _unprotected(endpoint: Endpoint) -> str:
    """Return why this may not travel in clear text; "" where it may, or is protected."""
    if not endpoint.url.casefold().startswith("http://"):
        return ""
    try:
        found = socket.getaddrinfo(endpoint.host, None, proto=socket.IPPROTO_TCP)
    except OSError as error:
        return spoken(error)
    if all(ipaddress.ip_address(str(one[4][0]).partition("%")[0]).is_private for one in found):
        return ""
    return "http:// is for this host and private networks alone: write https://"


def _why(error: httpx.HTTPError) -> str:
    """Return what went wrong in plain words; an error's own may quote what was sent."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):
            return spoken(cause)
        cause = cause.__cause__ or cause.__context__
    return "no answer in time" if isinstance(error, httpx.TimeoutException) else type(error).__name__


def reachable(endpoint: Endpoint, tls: ssl.SSLContext) -> str:
    """Connect and say nothing; return what keeps a connection from coming about, "" where it does."""
    url = httpx.URL(endpoint.url)
    port = url.port or (443 if url.scheme == "https" else 80)
    if problem := _unprotected(endpoint):
        return problem
    try:
        with socket.create_connection((endpoint.host, port), endpoint.timeout.total_seconds()) as connected:
            if url.scheme == "https":
                tls.wrap_socket(connected, server_hostname=endpoint.host).close()
    except OSError as error:
        return spoken(error)
    return ""
