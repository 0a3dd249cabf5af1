"""docs/security.md names tests that are there: what holds a threat off cannot be renamed away."""

import re
from pathlib import Path

from tests.docs.pages import codes, page, rows

_TESTS = Path(__file__).parents[1]


def test_every_test_named_is_there() -> None:
    """Each threat is held by a test of that name."""
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", page("docs/security.md")))
    written = "\n".join(path.read_text(encoding="utf-8") for path in _TESTS.rglob("test_*.py"))
    assert named
    assert named - set(re.findall(r"^def (test_[a-z0-9_]+)", written, re.MULTILINE)) == set()


def test_every_threat_names_what_holds_it_off() -> None:
    """Each row ends with a test, or with a file of tests that is there."""
    for heading, cells in rows(page("docs/security.md")):
        if len(cells) == 3 and cells[2] not in ("held by", ""):
            named = codes(cells[2])
            assert named or cells[2].startswith("the same"), f"{heading}: {cells[0]}"
            assert all((_TESTS.parent / one).is_file() for one in named if one.endswith(".py")), cells[0]


def test_every_border_leads_to_its_threats() -> None:
    """The table of borders leaves no part of the page out, and names none that is not there."""
    text = page("docs/security.md")
    parts = {line[3:] for line in text.splitlines() if line.startswith("## ")}
    linked = set(re.findall(r"\]\(#([a-z0-9-]+)\)", text))
    assert {part.lower().replace(" ", "-") for part in parts} - linked <= {"arc"}
