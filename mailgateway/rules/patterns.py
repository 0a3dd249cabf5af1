"""Regular expressions that take linear time on any mail: RE2, with an explanation of what it leaves out."""

import unicodedata
from functools import cache
from typing import Any

import re2

from mailgateway.rules.findings import Wrong
from mailgateway.rules.literals import required
from mailgateway.rules.schema import Groups, Search, Seek
from mailgateway.rules.text import plain, shown
from mailgateway.rules.words import MARK, marked, over_marks, tokens_of, with_letters

_HOSTILE = "is refused, as a hostile mail could make it take for ever"
_MENDS = {
    r"invalid perl operator: (?=": f"lookahead (?=…) {_HOSTILE}: write two tests under all:",
    r"invalid perl operator: (?!": f"lookahead (?!…) {_HOSTILE}: write two tests under all:, the second under not:",
    r"invalid perl operator: (?<": f"lookbehind (?<…) {_HOSTILE}: make what stands before a part of the expression, or "
    "write two tests under all: (for (?<!…) the second under not:)",
    r"invalid perl operator: (?>": "atomic groups are not needed, nothing here backtracks: write (?:…)",
    r"invalid perl operator: (?#": "comments inside an expression are not known: write a YAML comment beside it",
    r"invalid perl operator: (?P": "this kind of group is not known: write the alternatives out; (?P<name>…) is",
    r"invalid perl operator: (?": "this flag or group is not known: flags are i, m, s and U, as in (?s)",
    r"invalid escape sequence: \Z": r"the end of the text is written $ or \z",
    r"bad repetition operator: ": "two signs of repetition stand together: leave one out, nothing here backtracks",
    r"invalid repetition size: ": "at most 1000 repetitions can be asked for: write + or * instead",
}


def compile_pattern(pattern: str) -> Search:
    """Return a search for the pattern that ignores case unless it says (?-i), and knows words in any alphabet.

    Raises Wrong, saying what to write instead, where RE2 refuses the pattern.
    """
    normal = _normal(pattern)
    try:
        compiled = _lettered(normal)
    except re2.error as error:
        raise Wrong(f"{shown(pattern)} is no expression that can be used: {_explained(error)}") from None
    literals, names = required(tuple(tokens_of(normal))), tuple(compiled.groupindex)
    seek, groups = _seeking(compiled), _grouping(compiled)
    passing = over_marks(normal)
    if passing is None:
        return Search(plain, seek, literals, names, groups)

    @cache
    def over() -> Any:
        return _passing(passing, compiled)

    return Search(
        marked,
        lambda text: seek(text) if text.isascii() else _unmarked(text, _seeking(over())(text)),
        literals,
        names,
        lambda text: groups(text) if text.isascii() else _grouping(over())(text),
    )


def _passing(pattern: str, compiled: Any) -> Any:
    """Compile what looks past marks when the first text with one comes: of ten thousand rules few ever see one.

    Where RE2 finds it too large, the expression itself is used, which does not see through marks.
    """
    try:
        return _compiled(pattern)
    except re2.error:
        return compiled


def _lettered(pattern: str) -> Any:
    """Compile what the pattern means with letters of any alphabet; what is wrong is said of it as it was written."""
    try:
        return _compiled(with_letters(pattern))
    except re2.error:
        _compiled(pattern)
        raise


def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, _OPTIONS)


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return options


_OPTIONS = _options()


def _seeking(compiled: Any) -> Seek:
    return lambda text: found.start() if (found := compiled.search(text)) else -1


def _grouping(compiled: Any) -> Groups:
    def groups(text: str) -> dict[str, str]:
        found = compiled.search(text)
        named = found.groupdict() if found else {}
        return {name: value.replace(MARK, "") for name, value in named.items() if value}

    return groups


def _unmarked(text: str, place: int) -> int:
    return place if place < 0 else place - text.count(MARK, 0, place)


def _normal(pattern: str) -> str:
    """Write the pattern in the normal form of the texts; a character that becomes syntax by that stays a character."""
    composed = unicodedata.normalize("NFC", pattern)
    return "".join(char if char.isascii() else re2.escape(plain(char)) for char in composed)


def _explained(error: Exception) -> str:
    raw = error.args[0] if error.args else b""
    said = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    for beginning, mend in _MENDS.items():
        if said.startswith(beginning):
            return mend
    if said.startswith("invalid escape sequence: \\") and said[-1:].isdigit():
        return rf"the backreference \{said[-1]} {_HOSTILE}: write the alternatives out"
    return said
