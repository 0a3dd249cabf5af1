"""docs/interfaces.md: the example verifies what is signed, and the events are those that there are."""

import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from mailgateway.api.application import application
from mailgateway.api.server import HttpServer
from mailgateway.clock import now
from mailgateway.desk.events import WORDS
from mailgateway.desk.letters.webhooks import signed
from tests.docs.pages import codes, page, rows, section
from tests.end_to_end.office import message
from tests.flows.bench import Bench
from tests.servers.process import free_port

TEXT = page("docs/interfaces.md")


def is_genuine(headers: dict[str, str], body: bytes) -> bool:
    """Verify a call as the page tells to."""
    names: dict[str, Any] = {}
    [example] = [block for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if "is_genuine" in block]
    assert len(example.splitlines()) <= 10
    exec(example, names)
    return bool(names["is_genuine"](headers, body, b"a secret"))


def test_the_example_verifies_a_signature() -> None:
    """It takes what we sign, and neither another body, nor another secret, nor what is old."""
    at = now()
    headers = dict(signed("msg_1", at, b"{}", "a secret"))
    assert is_genuine(headers, b"{}")
    assert not is_genuine(headers, b"{ }")
    assert not is_genuine(dict(signed("msg_1", at, b"{}", "another")), b"{}")
    assert not is_genuine(dict(signed("msg_1", at - timedelta(hours=1), b"{}", "a secret")), b"{}")


def test_every_event_is_listed() -> None:
    """With the meaning that editors show."""
    listed = {codes(cells[0])[0]: cells[1] for _, cells in rows(section(TEXT, "Webhooks")) if codes(cells[0])}
    assert {word: meaning for word, meaning in listed.items() if word in WORDS} == dict(WORDS)


def test_every_request_shown_is_answered(tmp_path: Path) -> None:
    """With the one ticket that the examples name; each address of the table is shown."""
    shown = re.findall(
        r'^    \$ curl -H "Authorization: Bearer \$TOKEN" "?http://127.0.0.1:8025(/[^"\s]+)"?$', TEXT, re.MULTILINE
    )
    listed = {codes(cells[0])[0] for _, cells in rows(section(TEXT, "The HTTP API")) if codes(cells[0])}
    assert {re.sub(r"\d+", "{number}", path.partition("?")[0]) for path in shown} == listed
    bench, port = Bench(tmp_path), free_port()
    bench.arrive(message("jane@customer.example", "Help", "It burns."))
    bench.ingest()
    server = HttpServer(application(bench.desk, lambda: ("a token",)), "127.0.0.1", port)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        for path in shown:
            answer = httpx.get(
                f"http://127.0.0.1:{port}{path}", headers={"Authorization": "Bearer a token"}, timeout=20
            )
            assert answer.status_code == 200, path
    finally:
        server.stop()
        thread.join(10)
        bench.gateway.close()
