"""An Authentication-Results field (RFC 8601 section 2.2) -> who checked a mail, and what they found. In linear time.

Comments say nothing and quoted text is one word, so that nothing a sender chose can pass for a result. A field that is
not well-formed says nothing at all.
"""

import re
from dataclasses import dataclass

_LONGEST = 8192
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_NAME = re.compile(rf'{_QUOTED}|([;=])|([^\s;="()]+)|\s+', re.DOTALL)
_VALUE = re.compile(rf'{_QUOTED}|(;)|([^\s;"()]+)|\s+', re.DOTALL)
"""Behind a `=`: addresses rewritten on the way (SRS) hold more of them."""

_Token = tuple[str, str]
"""`word` or `quoted` with its text, or a separator (`;` or `=`) with no text."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one method found: `dmarc`, `pass`, and what it looked at, such as (`header.from`, `example.com`)."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Authentication:
    """What one server says about a mail. `authserv` is the name it gives itself; every word is in small letters."""

    authserv: str
    results: tuple[Result, ...]

    def passes(self, method: str) -> bool:
        """Tell whether it states one result of a method, and that is a pass."""
        return [result.value for result in self.results if result.method == method] == ["pass"]

    def passes_dmarc(self, domain: str) -> bool:
        """Tell whether it states one result of DMARC, a pass for exactly this From domain."""
        properties = [result.properties for result in self.results if result.method == "dmarc"]
        named = [value for pairs in properties for name, value in pairs if name == "header.from"]
        return self.passes("dmarc") and bool(domain) and named == [domain.lower()]


def read_authentication(value: str) -> Authentication | None:
    """Read the value of an Authentication-Results field; None where it is not well-formed, or very long."""
    tokens = _tokens(value) if len(value) <= _LONGEST else None
    if tokens is None:
        return None
    head, *sections = _sections(tokens)
    found = [_result(section) for section in sections if section]
    results = tuple(result for result in found if result is not None)
    has_server = 1 <= len(head) <= 2 and all(kind != "=" for kind, _ in head)  # the second is the format's version
    return Authentication(head[0][1], results) if has_server and len(results) == len(found) else None


def _tokens(value: str) -> list[_Token] | None:
    tokens: list[_Token] = []
    place = 0
    while place < len(value):
        if value[place] == "(":
            place = _after_comment(value, place)
            continue
        expected = _VALUE if tokens and tokens[-1][0] == "=" else _NAME
        found = expected.match(value, place)
        if found is None:
            return None
        quoted, separator, word = found.groups()
        if quoted is not None:
            tokens.append(("quoted", quoted.lower()))
        elif separator or word:
            tokens.append((separator, "") if separator else ("word", word.lower()))
        place = found.end()
    return tokens if place == len(value) else None


def _after_comment(value: str, start: int) -> int:
    """Return the place behind the comment that begins at `start`; behind everything where it never ends."""
    depth, place = 0, start
    while place < len(value):
        char = value[place]
        place += 2 if char == "\\" else 1
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return place
    return len(value) + 1


def _sections(tokens: list[_Token]) -> list[list[_Token]]:
    sections: list[list[_Token]] = [[]]
    for token in tokens:
        if token[0] == ";":
            sections.append([])
        else:
            sections[-1].append(token)
    return sections


def _result(section: list[_Token]) -> Result | None:
    """Read `method/version=value property=value …`; words that belong to nothing are passed over."""
    if [kind for kind, _ in section] == ["word"] and section[0][1] == "none":
        return Result("none", "", ())
    pairs: list[tuple[str, str]] = []
    place = 0
    while place < len(section):
        is_pair = section[place][0] == "word" and [kind for kind, _ in section[place + 1 : place + 2]] == ["="]
        if is_pair:
            value = section[place + 2 : place + 3]
            if not value or value[0][0] == "=":
                return None
            pairs.append((section[place][1], value[0][1]))
        elif section[place][0] == "=" or not pairs:
            return None
        place += 3 if is_pair else 1
    (method, value_found), *properties = pairs
    return Result(method.partition("/")[0], value_found, tuple(properties))
