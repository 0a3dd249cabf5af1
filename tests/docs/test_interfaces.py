"""docs/interfaces.md: the example verifies what is signed, and the events are those that there are."""

import re
from datetime import timedelta
from typing import Any

from mailgateway.clock import now
from mailgateway.desk.events import WORDS
from mailgateway.desk.webhooks import signed
from tests.docs.pages import codes, page, rows, section

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
