"""Structured header values: `type/subtype; name=value` (RFC 2045), with RFC 2231 and everything sent instead of it."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote_to_bytes

from mailgateway.mail.wire.charset import decode
from mailgateway.mail.wire.words import decode_words

_LEAD = re.compile(r"\s*[^\s;/=]{1,100}(?:\s{0,5}/\s{0,5}[^\s;/=]{1,100})?(?=[\s;]|$)")
_BETWEEN = re.compile(r"[\s;]*")
_NAME = re.compile(r"([^\s=;\"]{1,100})\s{0,20}=\s{0,20}")
_QUOTED = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"?', re.DOTALL)
_SECTION = re.compile(r"^([^*]+)\*(\d{1,3})(\*?)$")
_CHARSET = re.compile(r"^([A-Za-z0-9_.:-]{0,40})'[^']{0,40}'")
_LONGEST = 16_384
_MOST = 100
"""A mail has a thousand parts, whose fields are read twice: parameters beyond these are not looked at."""


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return the leading word of a value in lower case, and its first parameters by lower-case name, decoded."""
    value = value[:_LONGEST]
    found = _LEAD.match(value)
    lead = "".join(found[0].split()).lower() if found else ""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, text in islice(_pairs(value, found.end() if found else 0), _MOST):
        if section := _SECTION.match(name):
            sections.setdefault(section[1], {}).setdefault(int(section[2]), (text, bool(section[3])))
        elif name.endswith("*"):
            sections.setdefault(name[:-1], {}).setdefault(0, (text, True))
        else:
            plain.setdefault(name, text)
    parameters = {name: decode_words(text) for name, text in plain.items()}
    parameters.update({name: _joined(parts) for name, parts in sections.items()})
    return lead, parameters


def _pairs(value: str, place: int) -> Iterator[tuple[str, str]]:
    """Walk over `; name=value` pairs, names in lower case; what is no pair is stepped over."""
    while 0 <= place < len(value):
        place = _skip(value, place)
        found = _NAME.match(value, place)
        if found:
            text, place = _value(value, found.end())
            yield found[1].lower(), text
        else:
            place = value.find(";", place)


def _skip(value: str, place: int) -> int:
    found = _BETWEEN.match(value, place)
    return found.end() if found else place


def _value(value: str, start: int) -> tuple[str, int]:
    """Read a parameter's value at `start`: quoted, or up to the next semicolon (spaces are sent unquoted too)."""
    if value.startswith('"', start) and (found := _QUOTED.match(value, start)):
        return _unescaped(found[1]), found.end()
    stop = value.find(";", start)
    stop = len(value) if stop < 0 else stop
    return value[start:stop].strip(), stop


def _unescaped(text: str) -> str:
    """Undo quoted pairs; a backslash before anything but a quote or backslash is a path of Windows and stays."""
    return re.sub(r'\\(["\\])', r"\1", text) if "\\" in text else text


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    """Put RFC 2231 sections together and decode them as one, since characters may be cut between two of them."""
    ordered = [sections[number] for number in sorted(sections)]
    if not any(encoded for _, encoded in ordered):
        return decode_words("".join(text for text, _ in ordered))
    first, _ = ordered[0]
    named = _CHARSET.match(first)
    label = named[1] if named else ""
    ordered[0] = (first[named.end() :] if named else first, ordered[0][1])
    pieces = [_percent(text) if encoded else text.encode("utf-8", "replace") for text, encoded in ordered]
    return decode_words(decode(b"".join(pieces), label)[0])


def _percent(text: str) -> bytes:
    return unquote_to_bytes(text.encode("utf-8", "replace"))
