"""Shapes of texts as in a shell: * for any text, ? for one character, [abc] or [!abc] for one of some."""

from typing import Any

import re2

from mailgateway.rules.findings import Wrong
from mailgateway.rules.schema import Search
from mailgateway.rules.text import folded, shown


def compile_glob(written: str) -> Search:
    """Return a search for values that have this shape as a whole; raises Wrong where a bracket is left open."""
    wanted = folded(written)
    pieces, pattern, place = [""], "", 0
    while place < len(wanted):
        char = wanted[place]
        if char == "[":
            end = wanted.find("]", place + 2 + wanted.startswith("!", place + 1))
            if end < 0:
                raise Wrong(f"{shown(written)} opens a bracket and does not close it: for the sign itself write [[]")
            pattern += _one_of(wanted[place + 1 : end])
            place = end
        else:
            pattern += {"*": "(?s:.*)", "?": "(?s:.)"}.get(char) or re2.escape(char)
        pieces = [*pieces, ""] if char in "*?[" else [*pieces[:-1], pieces[-1] + char]
        place += 1
    compiled = _compiled(pattern, written)
    longest = max(pieces, key=len)
    return Search(folded, lambda value: 0 if compiled.fullmatch(value) else -1, (longest,) if longest else ())


def _one_of(inside: str) -> str:
    negative = inside.startswith("!")
    kept = inside[negative:]
    escaped = "".join(re2.escape(char) if char != "-" else char for char in kept if char.isprintable())
    return f"[{'^' if negative else ''}{escaped}]"


def _compiled(pattern: str, written: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        raise Wrong(f"{shown(written)} is no shape: write ranges in a bracket from low to high, as [a-z]") from None
