"""The documentation as text: pages, their headings, the rows of their tables."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HEADING = re.compile(r"^(#{1,6}) (.*)$")
_CODE = re.compile(r"`([^`]+)`")


def page(name: str) -> str:
    """Return the text of a page by its path from the top of the checkout."""
    return (ROOT / name).read_text("utf-8")


def section(text: str, title: str) -> str:
    """Return what stands below a heading, up to the next one of its rank or a higher one."""
    lines = text.splitlines()
    [start] = [number for number, line in enumerate(lines) if line.lstrip("#").strip() == title]
    rank = len(lines[start]) - len(lines[start].lstrip("#"))
    below = iter(lines[start + 1 :])
    return "\n".join(_until_heading(below, rank))


def codes(text: str) -> list[str]:
    """Return everything that stands in backticks."""
    return _CODE.findall(text)


def rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """Give each row of the tables of a text: the heading that it stands under, and its cells."""
    heading = ""
    for line in text.splitlines():
        found = _HEADING.match(line)
        if found:
            heading = found[2]
        elif line.startswith("|") and not line.startswith("| ---"):
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            yield heading, [cell.strip().replace("\\|", "|") for cell in cells]


def _until_heading(lines: Iterator[str], rank: int) -> Iterator[str]:
    for line in lines:
        found = _HEADING.match(line)
        if found and len(found[1]) <= rank:
            return
        yield line
