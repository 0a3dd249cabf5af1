"""HTML -> a flat stream of tags and texts, in linear time for any input, without a tree and so without depth."""

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

_ENDLESS = re.compile(r"&#[0-9]{12,};?")
_START = re.compile(r"<(?:/?[a-zA-Z]|[!?])")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,50})((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_LOOSE_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,50})([^<>]*)>")
_ATTRIBUTE = re.compile(
    r"([a-zA-Z_:@][a-zA-Z0-9_:.-]{0,100})\s{0,20}(?:=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?"
)
_RAW_TEXT = frozenset({"script", "style", "title", "textarea", "xmp", "template", "svg", "math"})
_MOST_ATTRIBUTES = 200
_WIDE = 10_000
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_OPTIONAL_END = frozenset(
    ["p", "li", "dd", "dt", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup"]
)


class Token(NamedTuple):
    """A text (tag is ""), or a start tag, or an end tag (tag begins with "/"), the latter with unparsed attributes."""

    tag: str
    text: str


def tokens(source: str) -> Iterator[Token]:
    """Walk over a document; comments, declarations and the contents of script, style and the like are left out."""
    scan = _Scan(source)
    place, size = 0, len(source)
    while place < size:
        ahead = _START.search(source, place)
        start = ahead.start() if ahead else size
        if start > place:
            yield Token("", _unescape(source[place:start]))
        if not ahead:
            return
        found = scan.tag(start)
        if found:
            tag = found[1] + found[2].lower()
            place = scan.end_of_raw(tag, found.end())
            if tag not in _RAW_TEXT:
                yield Token(tag, found[3])
        elif (behind := scan.end_of_declaration(start)) > 0:
            place = behind
        else:
            yield Token("", "<")
            place = start + 1


def _unescape(text: str) -> str:
    """Resolve character references; one of absurdly many digits would be refused by the standard library."""
    if "&" not in text:
        return text
    return html.unescape(_ENDLESS.sub("\ufffd", text))


class _Scan:
    """Look-ahead in a document that never searches twice for what is known not to come any more: linear time."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._patience = 20
        self._gone: set[str] = set()

    def tag(self, start: int) -> re.Match[str] | None:
        """Match a tag at `start`; after too many with quotes out of step, quotes are no longer heeded."""
        if self._patience:
            found = _TAG.match(self._source, start)
            if found:
                return found
            self._patience -= self._source[start + 1 : start + 2].isalpha()
        return _LOOSE_TAG.match(self._source, start)

    def end_of_declaration(self, start: int) -> int:
        """Return the place behind a comment or declaration at `start` (unclosed, it hides the rest), or -1 for none."""
        if not self._source.startswith(("<!", "<?"), start):
            return -1
        mark = "-->" if self._source.startswith("<!--", start) else ">"
        behind = self._source.find(mark, start + 2)
        return behind + len(mark) if behind > 0 else len(self._source)

    def end_of_raw(self, tag: str, start: int) -> int:
        """Return the place behind the end tag of a script or style; one that is never closed hides nothing."""
        mark = "</" + tag
        if tag not in _RAW_TEXT or mark in self._gone:
            return start
        found = re.compile(re.escape(mark) + r"\s{0,20}>", re.IGNORECASE).search(self._source, start)
        if not found:
            self._gone.add(mark)
            return start
        return found.end()


def attributes(text: str) -> dict[str, str]:
    """Read the first attributes of a tag; names in lower case, the first of a name counts."""
    found: dict[str, str] = {}
    for match in islice(_ATTRIBUTE.finditer(text), _MOST_ATTRIBUTES):
        name, double, single, bare = match.groups("")
        found.setdefault(name.lower(), _unescape(double or single or bare))
    return found


def widest(source: str) -> int:
    """Return how many attributes the widest tag may have at most, counted by what can part two of them."""
    wide = (piece.partition(">")[0] for piece in source.split("<") if len(piece) > _WIDE)
    return max((sum(map(tag.count, " \t\n\f/\"'")) for tag in wide), default=0)


def depth(source: str, most: int) -> int:
    """Return how deep elements are nested at least, counted up to `most`; end tags of another name close none."""
    if source.count("<") <= most:
        return 0
    opened: dict[str, int] = {}
    now = deepest = 0
    for closing, name in re.findall(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})", source):
        tag = name.lower()
        if tag in VOID or tag in _OPTIONAL_END:
            continue
        if not closing:
            opened[tag] = opened.get(tag, 0) + 1
            now += 1
            deepest = max(deepest, now)
            if deepest >= most:
                break
        elif opened.get(tag, 0):
            opened[tag] -= 1
            now -= 1
    return deepest
