"""docs/organisations.md: its examples are read, and mean what the page says."""

from pathlib import Path
from textwrap import dedent

from mailgateway.config.load import load
from tests.docs.pages import page, section
from tests.unit.config.examples import GATEWAY, write

TEXT = page("docs/organisations.md")


def blocks(text: str) -> list[str]:
    """Return the indented examples of a text."""
    found: list[list[str]] = []
    is_within = False
    for line in text.splitlines():
        belongs = line.startswith("    ") or (is_within and not line)
        if belongs and not is_within:
            found.append([])
        if belongs:
            found[-1].append(line)
        is_within = belongs
    return [dedent("\n".join(lines)).strip() + "\n" for lines in found]


def test_the_examples_are_right(tmp_path: Path) -> None:
    """The organisations and the rule of the page are a configuration without a doubt."""
    [organisations] = blocks(section(TEXT, "Organisations").partition("\n## ")[0])
    [rules] = blocks(section(TEXT, "What follows from it"))
    (tmp_path / "organisations.yaml").write_text(organisations)
    settings = load(write(tmp_path, GATEWAY + "files: {organisations: organisations.yaml}\n", routing=rules))
    assert settings.warnings == ()
    found = [settings.organisations.of(f"x@{host}") for host in ("mail.acme.example", "lab.acme.example")]
    assert [one.name for one in found if one] == ["acme", "acme-lab"]
