"""Collecting everything that is wrong in a document, each with its place."""

from collections.abc import Callable, Iterable, Mapping

from mailgateway.errors import Finding
from mailgateway.rules.nearest import instead
from mailgateway.rules.text import excerpt

EntryPath = tuple[str | int, ...]
"""The keys and list positions that lead from the top of a document to one entry."""

Locate = Callable[[EntryPath], tuple[int, int]]
"""Gives line and column (from 1) of an entry: of its key in a mapping, of the item in a list."""


class Wrong(Exception):
    """One thing that an admin wrote is wrong; the text says what would be right."""


class Findings:
    """What is wrong in one file, in the order of finding."""

    def __init__(self, file: str, locate: Locate) -> None:
        self._file = file
        self._locate = locate
        self._found: list[Finding] = []

    def add(self, path: EntryPath, problem: str) -> None:
        """Note a problem of the entry at `path`."""
        line, column = self._locate(path)
        self._found.append(Finding(self._file, line, column, problem))

    def line(self, path: EntryPath) -> int:
        """Return the line that the entry at `path` begins on."""
        return self._locate(path)[0]

    def unknown_keys(self, mapping: Mapping[str, object], path: EntryPath, known: Iterable[str]) -> None:
        """Note every key of the mapping that is not known, and the one that was probably meant."""
        names = tuple(known)
        for key in mapping:
            if key not in names:
                self.add((*path, key), f"unknown key {excerpt(key)}; {instead(key, names)}")

    def all(self) -> tuple[Finding, ...]:
        """Return the findings in the order of the file."""
        return tuple(sorted(self._found, key=lambda finding: (finding.line, finding.column)))
