"""docs/security.md names tests that are there: what holds a threat off cannot be renamed away."""

import re
from pathlib import Path

from tests.docs.pages import page

_TESTS = Path(__file__).parents[1]


def test_every_test_named_is_there() -> None:
    """Each threat is held by a test of that name."""
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", page("docs/security.md")))
    written = "\n".join(path.read_text(encoding="utf-8") for path in _TESTS.rglob("test_*.py"))
    assert named
    assert named - set(re.findall(r"^def (test_[a-z0-9_]+)", written, re.MULTILINE)) == set()
