"""One call of a webhook: whatever the other side does is an outcome, and bounded."""

import socket
import ssl
import threading
import time
from datetime import timedelta

import pytest

from mailgateway.accounts.endpoint import Endpoint
from mailgateway.errors import PermanentError
from mailgateway.hooks.outcome import Gone, Later, Outcome, Taken
from mailgateway.hooks.post import post, reachable
from tests.servers.webhook import WebhookServer

QUICK = timedelta(seconds=0.3)


def endpoint(url: str, timeout: timedelta = timedelta(seconds=20), host: str = "127.0.0.1") -> Endpoint:
    """Make the settings of a webhook."""
    return Endpoint("crm", url, host, lambda: "s", timeout, timedelta(hours=72))


def call(at: Endpoint) -> Outcome:
    """Call it."""
    return post(at, {"webhook-id": "m1"}, b'{"a":1}', ssl.create_default_context())


def test_a_call_is_a_post_of_json() -> None:
    """The content goes as it is, with the headers that it was signed with."""
    with WebhookServer((202, {}, b"thank\x1b you\r\n")) as server:
        assert call(endpoint(server.url)) == Taken("202 thank you")
    (got,) = server.received
    assert got.body == b'{"a":1}'
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-id"] == "m1"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(500, Later("500")), (404, Later("404")), (429, Later("429")), (401, Later("401")), (410, Gone("410"))],
)
def test_what_is_not_taken_is_tried_again(status: int, outcome: Outcome) -> None:
    """Only one that is gone for good is given up."""
    with WebhookServer(status) as server:
        assert call(endpoint(server.url)) == outcome


def test_a_redirect_is_refused() -> None:
    """What is signed for one place is not carried to another."""
    with WebhookServer(200) as other, WebhookServer((302, {"Location": other.url}, b"")) as server:
        outcome = call(endpoint(server.url))
    assert outcome == Later("302: a redirect is not followed; write the address that it leads to")
    assert not other.received


def test_of_a_huge_answer_only_the_beginning_is_read() -> None:
    """A hundred megabytes cost neither time nor memory."""
    with WebhookServer((200, {"Content-Length": "100000000"}, b"x" * 1_000_000)) as server:
        outcome = call(endpoint(server.url))
    assert outcome == Taken("200 " + "x" * 200)


def test_silence_is_uncertain() -> None:
    """The call may have arrived: whoever gets it again knows it by its id."""
    with WebhookServer(200) as server:
        server.hang_until.clear()
        outcome = call(endpoint(server.url, QUICK))
    assert outcome == Later("no answer in time", uncertain=True, silent=True)


def test_a_call_ends_in_time_though_bytes_keep_coming() -> None:
    """A server that sends a byte now and then is cut off at the deadline."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not ended.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    begun = time.monotonic()
    try:
        outcome = call(endpoint(f"http://127.0.0.1:{listening.getsockname()[1]}/", QUICK))
    finally:
        ended.set()
        thread.join()
        listening.close()
    assert outcome == Later("no answer in time", uncertain=True, silent=True)
    assert time.monotonic() - begun < 10


def test_nobody_there() -> None:
    """A refused connection has certainly brought nothing, and says so in plain words."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    nowhere = endpoint(f"http://127.0.0.1:{port}/")
    assert call(nowhere) == Later("connection refused", silent=True)
    assert reachable(nowhere, ssl.create_default_context()) == "connection refused"


def test_a_certificate_that_is_not_trusted_is_refused() -> None:
    """Speaking TLS to a server without it fails in words that name the cause."""
    with WebhookServer(200) as server:
        secure = endpoint(server.url.replace("http://", "https://"))
        outcome = call(secure)
        problem = reachable(secure, ssl.create_default_context())
    assert outcome == Later(problem, silent=True)
    assert problem.startswith("no TLS is spoken at this port")


def test_clear_text_stays_in_private_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere is not called over http://."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    outside = endpoint("http://crm.example.com/", host="crm.example.com")
    problem = "http:// is for this host and private networks alone: write https://"
    assert call(outside) == Later(problem, silent=True)
    assert reachable(outside, ssl.create_default_context()) == problem


def test_a_server_that_listens_is_reachable() -> None:
    """Connecting is enough; nothing is sent."""
    with WebhookServer(200) as server:
        assert reachable(endpoint(server.url), ssl.create_default_context()) == ""
    assert not server.received


def test_a_file_of_authorities_that_is_missing_is_named() -> None:
    """It is the admin's to mend."""
    broken = Endpoint("crm", "https://x/", "x", lambda: "s", QUICK, QUICK, ca_file="/nowhere.pem")
    with pytest.raises(PermanentError, match=r"ca_file /nowhere.pem cannot be used"):
        broken.tls()
