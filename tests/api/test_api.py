"""The HTTP API: read-only, behind a token, bounded, and never in the way of mail."""

import gc
import json
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from mailgateway.api import door, reader, server, shapes
from mailgateway.errors import StoreUnusable, TransientError
from mailgateway.store.tickets import shown as tickets
from tests.end_to_end.office import message
from tests.flows.bench import Bench
from tests.servers.process import free_port

NOTE = "The customer must not know."


def _tickets(bench: Bench, *subjects: str) -> None:
    for subject in subjects:
        bench.arrive(message("jane@customer.example", subject, "It burns."))
    bench.ingest()


def _got(client: httpx.Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def test_a_ticket_is_told_as_on_the_command_line(bench: Bench, client: httpx.Client) -> None:
    """With its articles, events and trace; what is left out of a long one is counted."""
    _tickets(bench, "Help")
    told = _got(client, "/tickets/10001")
    assert (told["number"], told["subject"], told["articles"][0]["text"]) == (10001, "Help", "It burns.")
    assert told["left_out"] == {"articles": 0, "events": 0}
    assert set(shapes.Ticket.model_fields) == set(told)


def test_a_long_ticket_is_told_from_its_newest_end(
    bench: Bench, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the number of entries and by their length; the newest article always is in it."""
    first = message("jane@customer.example", "Help", "It burns.")
    more = [
        message("jane@customer.example", "Re: Help", f"Still {turn}.", headers=[("In-Reply-To", first["Message-ID"])])
        for turn in range(3)
    ]
    bench.arrive(first, *more)
    bench.ingest()
    monkeypatch.setattr(reader, "LONGEST_SHEET", tickets.Most(entries=2, characters=1000))
    told = _got(client, "/tickets/10001")
    assert [one["text"] for one in told["articles"]] == ["Still 1.", "Still 2."]
    assert (len(told["events"]), told["left_out"]["articles"]) == (2, 2)
    assert told["left_out"]["events"] > 0
    monkeypatch.setattr(reader, "LONGEST_SHEET", tickets.Most(entries=2, characters=1))
    assert [one["text"] for one in _got(client, "/tickets/10001")["articles"]] == ["Still 2."]


def test_tickets_are_listed_in_pages(bench: Bench, client: httpx.Client) -> None:
    """Newest first; `after` of one page asks for the next, and is null on the last."""
    _tickets(bench, "One", "Two", "Three")
    page = _got(client, "/tickets?limit=2")
    assert ([one["number"] for one in page["tickets"]], page["after"]) == ([10003, 10002], 10002)
    page = _got(client, f"/tickets?limit=2&after={page['after']}")
    assert ([one["number"] for one in page["tickets"]], page["after"]) == ([10001], None)
    assert set(shapes.TicketLine.model_fields) == set(page["tickets"][0])


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("status=new", [10002, 10001]),
        ("status=solved", []),
        ("group=hardware", [10002]),
        ("assignee=anna", []),
        ("organisation=acme", []),
        ("status=open&status=new&priority=high", [10002]),
        ("type=question", []),
        ("tag=printer", [10002]),
        ("requester=JANE@customer.example", [10002, 10001]),
        ("ci=web-1", []),
        ("since=2026-11-02T12:00:00Z", [10002, 10001]),
        ("since=2026-11-02T13:00:01%2B01:00", []),
    ],
)
def test_tickets_are_chosen(bench: Bench, client: httpx.Client, asked: str, numbers: list[int]) -> None:
    """By what they are, and by when they changed."""
    _tickets(bench, "Help", "My printer")
    assert [one["number"] for one in _got(client, f"/tickets?{asked}")["tickets"]] == numbers


def test_events_are_read_on(bench: Bench, client: httpx.Client) -> None:
    """Oldest first, from the last one seen; what people wrote is not in them."""
    _tickets(bench, "Help", "Another")
    page = _got(client, "/events?limit=1")
    assert [one["what"] for one in page["events"]] == ["opened"]
    assert set(shapes.Event.model_fields) == set(page["events"][0])
    rest = _got(client, f"/events?since={page['since']}")
    assert {one["ticket"] for one in rest["events"]} == {10001, 10002}
    assert _got(client, f"/events?since={rest['since']}") == {"events": [], "since": rest["since"]}
    assert {one["ticket"] for one in _got(client, "/events?ticket=10002")["events"]} == {10002}
    assert "It burns." not in json.dumps(rest)


def test_the_state_is_told(client: httpx.Client) -> None:
    """As by `status --json`."""
    told = _got(client, "/status")
    assert set(told) == set(shapes.State.model_fields)
    assert [one["name"] for one in told["mailboxes"]] == ["support"]


def test_it_describes_itself(client: httpx.Client) -> None:
    """In OpenAPI, every address with its answers and refusals."""
    told = _got(client, "/openapi.json")
    assert told["openapi"].startswith("3.")
    assert set(told["paths"]) == {"/status", "/tickets", "/tickets/{number}", "/events"}
    for address in told["paths"].values():
        assert {"200", "401", "422", "503"} <= set(address["get"]["responses"])
        assert set(address) == {"get"}


@pytest.mark.parametrize("path", ["/status", "/tickets", "/tickets/1", "/events", "/openapi.json"])
@pytest.mark.parametrize("offered", ["", "Bearer", "Bearer a token", "Basic YTpi", "Bearer \xff"])
def test_nobody_gets_in_without_a_token(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, path: str, offered: str
) -> None:
    """Whatever is asked for."""
    monkeypatch.setattr(door, "SLOW_SECONDS", 0.0)
    answer = client.get(path, headers={b"Authorization": offered.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize("path", ["/tickets/", "/status/", "/nothing"])
def test_nobody_is_led_to_another_host(client: httpx.Client, path: str) -> None:
    """An address that there is not is refused; a redirect would be made of the Host that a request names."""
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 404


def test_wrong_tokens_wait_and_good_ones_do_not(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where as many wait as may, the next is turned away at once, and who has a token is let in."""
    monkeypatch.setattr(door, "MOST_REFUSALS", 0)
    answer = client.get("/status", headers={"Authorization": "Bearer wrong"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert client.get("/status").status_code == 200


def test_tokens_may_change_while_it_runs(
    client: httpx.Client, tokens: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next request meets the new ones; without any, nobody gets in, an empty token least of all."""
    monkeypatch.setattr(door, "SLOW_SECONDS", 0.0)
    tokens[:] = ["new"]
    assert client.get("/status").status_code == 401
    assert client.get("/status", headers={"Authorization": "Bearer new"}).status_code == 200
    tokens[:] = [""]
    assert client.get("/status", headers={"Authorization": "Bearer"}).status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 404),
        ("/tickets/7", 404),
        ("/tickets/0", 422),
        ("/tickets/x", 422),
        ("/tickets/1" + "0" * 30, 422),
        ("/tickets/1%00", 422),
        ("/tickets?limit=1001", 422),
        ("/tickets?status=lost", 422),
        ("/tickets?since=2026-11-02T12:00:00", 422),
        ("/tickets?since=0001-01-01T00:00:00%2B23:59", 422),
        ("/tickets?since=9999-12-31T23:59:59-23:59", 422),
        ("/tickets?group=" + "x" * 300, 422),
        ("/events?since=-1", 422),
    ],
)
def test_what_cannot_be_answered_is_refused_in_json(client: httpx.Client, path: str, status: int) -> None:
    """In one shape: what is wrong, and nothing of our inside."""
    answer = client.get(path)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert "Traceback" not in answer.text


def test_nothing_can_be_changed(client: httpx.Client) -> None:
    """There is no other verb than GET."""
    for verb in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.request(verb, "/tickets/10001", json={"status": "closed"}).status_code == 405


def test_half_characters_are_told(bench: Bench, client: httpx.Client) -> None:
    """What is no UTF-8 in a mail breaks no answer."""
    _tickets(bench, "Half")
    with bench.store.writing() as tx:
        tx.connection.exec_driver_sql('UPDATE tickets SET trace = \'{"half": "\\ud83d"}\'')
    assert _got(client, "/tickets/10001")["trace"] == {"half": "\ud83d"}


def test_a_database_that_is_away_is_said(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, with when to ask again; why stands in the log."""

    def away(*_: object) -> None:
        raise StoreUnusable("no such host db.internal")

    monkeypatch.setattr(reader, "listed", away)
    answer = client.get("/tickets")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "db.internal" not in answer.text
    assert client.get("/status").status_code == 200


def test_a_fault_of_our_own_is_told_without_its_inside(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """500, with word that the connection ends; the next request is answered."""

    def broken(*_: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(tickets, "shown", broken)
    answer = client.get("/tickets/10001")
    assert (answer.status_code, list(answer.json())) == (500, ["error"])
    assert answer.headers["connection"] == "close"
    assert "a secret" not in answer.text
    assert client.get("/status").status_code == 200


def test_too_many_questions_at_once_are_turned_away(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connections to the database are the mail's: a few questions have their turn, others wait for a while."""
    monkeypatch.setattr(reader, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(reader.Reader, "_turn", _without_turns(reader.Reader._turn))
    assert client.get("/status").status_code == 503


def _without_turns(turn: Any) -> Any:
    def taken(one: Any) -> Any:
        while one._turns.acquire(blocking=False):
            pass
        return turn(one)

    return taken


def test_connections_are_bounded_in_number_and_time(
    address: str, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who connects and says nothing is hung up on; so is everybody beyond the most."""
    client.get("/status")
    monkeypatch.setattr(server, "LONGEST_IDLE_SECONDS", 0.1)
    at = urlsplit(address)
    with socket.create_connection((at.hostname or "", at.port or 0), timeout=10) as silent:
        silent.sendall(b"GET /status HTTP/1.1\r\n")
        assert _is_hung_up_on(silent)
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 0)
    with socket.create_connection((at.hostname or "", at.port or 0), timeout=10) as refused:
        assert _is_hung_up_on(refused)


def _is_hung_up_on(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_port_that_is_taken_is_a_passing_trouble() -> None:
    """It is said which; the daemon tries again."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(TransientError, match=f"127.0.0.1:{port}: Address already in use"):
            server.HttpServer(application_of_nobody(), "127.0.0.1", port)


def application_of_nobody() -> Any:
    """Return what is never asked."""
    return object()


def test_who_does_not_read_the_answer_is_hung_up_on_at_the_end() -> None:
    """A connection that has not taken all that was said to it is not left open to nobody."""
    large = b"x" * 50_000_000

    async def answer(_scope: object, _receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"50000000")]})
        await send({"type": "http.response.body", "body": large})

    port = free_port()
    gateway: Any = answer
    serving = server.HttpServer(gateway, "127.0.0.1", port)
    thread = threading.Thread(target=serving.serve)
    thread.start()
    gc.disable()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert slow.recv(1)
            serving.stop()
            thread.join(10)
            assert not thread.is_alive()
            assert _read_to_the_end(slow) < len(large)
    finally:
        gc.enable()


def _read_to_the_end(connection: socket.socket) -> int:
    read = 0
    try:
        while piece := connection.recv(1_000_000):
            read += len(piece)
    except ConnectionResetError:
        pass
    return read
