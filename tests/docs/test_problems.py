"""docs/problems.md: its examples are read, and mean what the page says."""

import re
import textwrap
from pathlib import Path

from mailgateway.config.load import load
from tests.docs.pages import page, section
from tests.unit.config.examples import GATEWAY, GROUPS, write

TEXT = page("docs/problems.md")


def blocks(text: str) -> list[str]:
    """Return the indented blocks of a page."""
    return [textwrap.dedent(found) for found in re.findall(r"(?m)(?:^    .*\n|^\n(?=    ))+", text)]


def test_the_items_and_the_rule_of_the_page_are_right(tmp_path: Path) -> None:
    """A mail that names the host is about the server, by its alias."""
    items, rules = (one.lstrip("\n") for one in blocks(section(TEXT, "What tickets are about")))
    (tmp_path / "assets.yaml").write_text(items, encoding="utf-8")
    gateway = GATEWAY + "files: {assets: assets.yaml}\n"
    settings = load(write(tmp_path, gateway, groups=GROUPS + "  - {name: hardware}\n", routing=rules))
    assert settings.assets.spelled("MX1.example.com") == "mail-server"
