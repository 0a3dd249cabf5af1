"""What keeps a connection from coming about, in plain words."""

import socket
import ssl

import pytest

from mailgateway.accounts.network import spoken

_NO_TLS = "no TLS is spoken at this port: another `tls:` or `port:` fits it"


def _of_tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] (_ssl.c:1006)")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 1)"), "connection refused"),
        (
            OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 1), [Errno 101] …"),
            "connection refused",
        ),
        (
            socket.gaierror(-2, "Name or service not known"),
            "no address is known for this host: name or service not known",
        ),
        (TimeoutError(), "no answer in time"),
        (_of_tls("WRONG_VERSION_NUMBER"), _NO_TLS),
        (_of_tls("NO_PROTOCOLS_AVAILABLE"), "no protocols available"),
        (OSError("something else"), "something else"),
    ],
)
def test_errors_of_the_network_are_spoken(error: OSError, words: str) -> None:
    """No number, no class and no line of a library's source is needed to understand them."""
    assert spoken(error) == words
