"""The command line in the documentation is the real one."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from mailgateway.cli import app
from tests.docs.pages import ROOT, codes, page, rows, section

PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
_OPTION = re.compile(r"--[a-z-]+")
# `$ sudo -u mailgateway VARIABLE=value /opt/mailgateway/bin/mailgateway -c FILE tickets list`
_CALL = re.compile(
    r"(?:\$ )?(?:sudo )?(?:-u \w+ )?(?:\w+=\S+ )?(?:\S*/)?mailgateway"
    r"(?: +(?:-c|--config) +\S+| --verbose)*((?: +[a-z]\w*)+)"
)


def commands() -> dict[str, set[str]]:
    """Return every command with its options."""
    return dict(_below(typer.main.get_command(app), ""))


def _below(command: Any, name: str) -> Iterator[tuple[str, set[str]]]:
    if not hasattr(command, "list_commands"):
        yield name, {option for one in command.params for option in one.opts if option.startswith("--")} - {"--help"}
        return
    for word in command.list_commands(None):
        yield from _below(command.get_command(None, word), f"{name} {word}".strip())


COMMANDS = commands()


def test_every_command_is_documented_with_its_options() -> None:
    """docs/operations.md lists each command and each of its options, and no other."""
    listed = {
        codes(cells[0])[0]: set(_OPTION.findall(cells[2]))
        for _, cells in rows(section(page("docs/operations.md"), "Commands"))
        if codes(cells[0])
    }
    assert listed == COMMANDS


@pytest.mark.parametrize("name", PAGES)
def test_every_command_shown_exists(name: str) -> None:
    """What a page tells to type is a command, with options that it has."""
    for line in _typed(page(name)):
        found = _CALL.match(line)
        if found:
            words = found[1].split()
            command = next((name for name in (" ".join(words[:2]), words[0]) if name in COMMANDS), "")
            assert command, line
            assert set(_OPTION.findall(line[found.end() :].partition("#")[0])) <= COMMANDS[command], line


@pytest.mark.parametrize("name", PAGES)
def test_every_make_target_shown_exists(name: str) -> None:
    """`make WORD` on a page is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", page("Makefile"), re.MULTILINE))
    for line in _typed(page(name)):
        assert set(re.findall(r"(?:^|[`\s])make ([a-z]+)", line)) <= targets, line


def _typed(text: str) -> Iterator[str]:
    """Give what a page shows as code: indented lines, and what stands in backticks."""
    for line in text.splitlines():
        if line.startswith("    "):
            yield line.strip()
        else:
            yield from codes(line)
