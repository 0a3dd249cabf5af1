"""docs/templates.md says what there is."""

import re
from pathlib import Path

import pytest

from mailgateway.desk.plan import NoticeKind
from mailgateway.render.environment import FILTERS
from mailgateway.render.notices import VALUES

PAGE = (Path(__file__).parents[3] / "docs" / "templates.md").read_text("utf-8")


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_value_is_documented(kind: NoticeKind) -> None:
    """The row of a notice names each value that its templates have."""
    [row] = re.findall(rf"^\| `{kind.value}` .*$", PAGE, re.MULTILINE)
    assert set(VALUES[kind]) == set(re.findall(r"`(\w+)`", row)) - {kind.value}


@pytest.mark.parametrize("name", [offered.__name__ for offered in FILTERS])
def test_every_filter_is_documented(name: str) -> None:
    """Whoever writes templates finds each filter in the table."""
    assert re.search(rf"^\| .*`{name}[(`].*\|.*\|$", PAGE, re.MULTILINE)
