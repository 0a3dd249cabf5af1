r"""Words in any alphabet for RE2, whose \w and \b know the letters a to z alone.

\w becomes the class of all letters. \b, which RE2 has no other way to say, becomes a mark that is put into the text at
every edge of a word (`marked`), while all else in the pattern is let pass over such marks.
"""

import re
from collections.abc import Iterator

import re2

from mailgateway.rules.text import plain

MARK = "\ue000"
"""A character for private use: no mail has a reason to hold it, and from one that does it is taken out."""

_LETTERS = r"\p{L}\p{M}\p{N}_"
_WORD = re.compile("[\\w\u0300-\u036f]+")
_TOKEN = re.compile(
    r"""
      (?P<quoted> \\Q.*?(?:\\E|\Z) )
    | (?P<edge>   \\b )
    | (?P<start>  \^ | \\A )
    | (?P<end>    \$ | \\z )
    | (?P<not_in> \\[WSDP](?:(?<=P)(?:\{[^}]*\}|.))? )
    | (?P<class>  \[\^?\]?(?:\[:[^\]]*:\]|\\.|[^\]\\])*\] )
    | (?P<syntax> \(\?P?<[^>]*> | \(\?[a-zA-Z-]*[:)] | [(|)] | [*+?]\?? | \{\d+(?:,\d*)?\}\?? )
    | (?P<hard>   \\[BC] )
    | (?P<any>    \. )
    | (?P<atom>   \\p(?:\{[^}]*\}|.) | \\x(?:\{[^}]*\}|..) | \\[0-7]{1,3} | \\. | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_NEGATIVE_IN_CLASS = re.compile(r"\\[WSDP]|\[:\^")
_DOT_IS_ALL = re.compile(r"\(\?[a-zA-Z]*s")


def with_letters(pattern: str) -> str:
    r"""Return the pattern with \w and \W as RE2 has to be told them for all alphabets."""
    return "".join(_lettered(kind, token) for kind, token in tokens_of(pattern))


def over_marks(pattern: str) -> str | None:
    r"""Return the pattern for marked texts, None where it has no \b or says something that cannot be said of them."""
    tokens = list(tokens_of(pattern))
    kinds = {kind for kind, _ in tokens}
    if "edge" not in kinds or "hard" in kinds:
        return None
    if any(kind == "class" and _NEGATIVE_IN_CLASS.search(token) for kind, token in tokens):
        return None
    dot = f"[^{MARK}]" if _DOT_IS_ALL.search(pattern) else f"[^\n{MARK}]"
    return "".join(_passing(kind, token, dot) for kind, token in tokens)


def marked(text: str) -> str:
    """Return the text in NFKC, where it is not all ASCII with a mark at both edges of every word."""
    normal = plain(text)
    if normal.isascii():
        return normal
    return _WORD.sub(f"{MARK}\\g<0>{MARK}", normal.replace(MARK, "\ufffd"))


def tokens_of(pattern: str) -> Iterator[tuple[str, str]]:
    """Give kind and text of every token of an expression."""
    for found in _TOKEN.finditer(pattern):
        yield str(found.lastgroup), found[0]


def _lettered(kind: str, token: str) -> str:
    if kind == "class":
        return re.sub(r"\\\\|\\w", lambda found: _LETTERS if found[0] == r"\w" else found[0], token)
    return {r"\w": f"[{_LETTERS}]", r"\W": f"[^{_LETTERS}]"}.get(token, token)


def _passing(kind: str, token: str, dot: str) -> str:
    """Write one token so that a mark before what it stands for makes no difference."""
    if kind == "edge":
        return MARK
    if kind in ("start", "syntax"):
        return token
    if kind == "quoted":
        return "".join(f"(?:{MARK}?{re2.escape(char)})" for char in token[2:].removesuffix(r"\E"))
    return f"(?:{MARK}?{_no_mark(kind, token, dot)})"


def _no_mark(kind: str, token: str, dot: str) -> str:
    """Write one token so that it never stands for a mark itself."""
    if kind == "any":
        return dot
    if kind == "not_in":
        inside = _LETTERS if token == r"\W" else token[0] + token[1].lower() + token[2:]
        return f"[^{inside}{MARK}]"
    lettered = _lettered(kind, token)
    return f"{lettered[:-1]}{MARK}]" if kind == "class" and lettered.startswith("[^") else lettered
