"""The header block of a message or part: bytes -> fields, with every breakage of the wire mended or named."""

import re
from dataclasses import dataclass, field

from mailgateway.mail.limits import Limits
from mailgateway.mail.model import Headers
from mailgateway.mail.wire.charset import decode
from mailgateway.mail.wire.words import decode_words

# each begins with a letter that can be looked for: that is forty times as fast as one pattern for all
_ENDS = (re.compile(rb"\n\r?\n"), re.compile(rb"\r\r\n\r\r\n"), re.compile(rb"\r\r(?!\n)"))
_NAME = re.compile(rb"([!-9;-~]{1,120})[ \t]*:")
_Q_WORD = re.compile(rb"=\?[^?\s]{1,60}\?[qQ]\?[^?]*\?=")
_HIGH = re.compile(rb"[\x80-\xff]")
_CHARSET = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_.:-]{3,40})", re.IGNORECASE)
_NEAR = 65_536
_BEHIND = 3
"""So far behind the end that was found an end that begins before it may go on."""

_ID = re.compile(r"<([^<>]{1,998})>")
_SPACE = re.compile(r"\s+")
_MOST_GUESSES = 50
"""So many fields of a mail may each have a charset of their own to be guessed; further ones share the last one's."""
_PLAIN = frozenset(
    {"authentication-results", "arc-authentication-results", "arc-message-signature", "arc-seal", "received-spf"}
)


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The fields of a header block: name and unfolded value, encoded words still in it; first one topmost."""

    fields: tuple[tuple[str, str], ...] = ()
    defects: tuple[str, ...] = field(default=())

    def get(self, name: str) -> str:
        """Return the topmost value of the field `name` (lower case), "" where there is none."""
        return next((value for key, value in self.fields if key.lower() == name), "")

    def all(self, name: str) -> list[str]:
        """Return every value of the field `name` (lower case), topmost first."""
        return [value for key, value in self.fields if key.lower() == name]

    def has(self, name: str) -> bool:
        """Tell whether the field `name` (lower case) is there."""
        return any(key.lower() == name for key, _ in self.fields)

    def decoded(self) -> Headers:
        """Return the fields with their encoded words decoded.

        Fields that a server writes about who sent a mail hold none (RFC 2047 section 5), but words that the sender
        chose: decoded they could end a comment and go on as the server's own.
        """
        return Headers(
            tuple(
                (name, value if name.lower() in _PLAIN else decode_words(value).strip()) for name, value in self.fields
            )
        )


def with_line_feeds(raw: bytes) -> bytes:
    """Return a message whose lines end with a bare CR, as old Macs wrote them, with line feeds; others as they are."""
    head = raw[:_NEAR]
    return raw.replace(b"\r", b"\n") if b"\r" in head and b"\n" not in head else raw


def end_of_headers(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the header block that begins at `start` ends, and where the body begins."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return start, start + (1 if raw[start : start + 1] == b"\n" else 2)
    first = (end, end)
    for pattern in _ENDS:
        found = pattern.search(raw, start, min(end, first[1] + _BEHIND))
        if found and found.start() < first[0]:
            first = found.span()
    stop, body = first
    is_split = stop < body and stop > start and raw[stop : stop + 1] == b"\n" and raw[stop - 1 : stop] == b"\r"
    return stop - is_split, body


def read_headers(raw: bytes, start: int, end: int, limits: Limits, eight_bit: str = "") -> tuple[HeaderBlock, int]:
    """Read the header block of `raw[start:end]`; return it and the place where the body begins.

    Raw 8-bit bytes are read as `eight_bit`, or as what they seem to be. Where lines that are no header fields follow
    the last field without an empty line, they begin the body.
    """
    stop, body = end_of_headers(raw, start, end)
    defects: list[str] = []
    if stop - start > limits.header_bytes:
        defects.append(f"header block of {stop - start} bytes cut at {limits.header_bytes}")
    block = raw[start : min(stop, start + limits.header_bytes)]
    lines = block.splitlines(keepends=True)
    hint = eight_bit if eight_bit or block.isascii() else _charset_named(raw, start)
    fields, consumed, stray = _collect(lines, hint, limits, defects)
    if stray >= 0 and not any(_NAME.match(line) for line in lines[stray : stray + 50]):
        defects.append("no empty line between header and body")
        body = start + consumed
    return HeaderBlock(tuple(fields), tuple(defects)), body


def _eight_bit(value: bytes, hint: str) -> tuple[str, str]:
    """Decode a value with raw 8-bit bytes in it, and tell by which codec ("" for ASCII).

    Bytes inside an encoded word belong to the charset of the word.
    """
    if b"=?" in value:
        value = _Q_WORD.sub(lambda word: _HIGH.sub(lambda found: b"=%02X" % found[0][0], word[0]), value)
    return (value.decode("ascii"), "") if value.isascii() else decode(value, "", hint)


def _charset_named(raw: bytes, start: int) -> str:
    """Return the first charset that the bytes from `start` name near their beginning, "" for none."""
    found = _CHARSET.search(raw, start, start + _NEAR)
    return found[1].decode("ascii") if found else ""


def _collect(
    lines: list[bytes], hint: str, limits: Limits, defects: list[str]
) -> tuple[list[tuple[str, str]], int, int]:
    """Fold lines into fields; return them, the bytes up to the last field, and the first stray line behind it or -1."""
    folded: list[tuple[bytes, list[bytes]]] = []
    begun, consumed, place, stray = 0, 0, 0, -1
    for number, line in enumerate(lines):
        place += len(line)
        named = None if line[:1] in b" \t" else _NAME.match(line)
        if named:
            if len(folded) == limits.header_fields:
                defects.append(f"more than {limits.header_fields} header fields")
                return _unfold(folded, hint, limits, defects), place, -1
            folded.append((named[1], [line[named.end() :]]))
            begun, consumed, stray = place, place, -1
        elif folded and (line[:1] in b" \t" or not line.strip()) and stray < 0:
            if place - len(line) - begun <= limits.field_bytes:
                folded[-1][1].append(line)
            consumed = place
        elif number or not line.startswith((b"From ", b">From ")):
            stray = number if stray < 0 else stray
            if folded and len(folded[-1][1]) < 1_000 and _more_fields(lines, number):
                folded[-1][1].append(b" " + line)
                stray = -1
        else:
            consumed = place
    return _unfold(folded, hint, limits, defects), consumed, stray


def _more_fields(lines: list[bytes], number: int) -> bool:
    """Tell whether a header field follows soon after a line that is none: then the line is a badly folded one."""
    return any(_NAME.match(line) for line in lines[number + 1 : number + 4])


def _unfold(
    folded: list[tuple[bytes, list[bytes]]], hint: str, limits: Limits, defects: list[str]
) -> list[tuple[str, str]]:
    fields = []
    guesses, last = 0, hint
    for name, pieces in folded:
        value = b"".join(piece.rstrip(b"\r\n") for piece in pieces) if len(pieces) > 1 else pieces[0]
        if len(value) > limits.field_bytes:
            defects.append(
                f"field {name.decode('ascii')[:40]} of {len(value)} bytes or more cut at {limits.field_bytes}"
            )
            value = value[: limits.field_bytes]
        if value.isascii():
            text = value.decode("ascii")
        else:
            guesses += 1
            text, used = _eight_bit(value, hint if guesses <= _MOST_GUESSES else last)
            last = used or last
        fields.append((name.decode("ascii"), text.replace("\x00", "").strip()))
    return fields


def ids_of(value: str, most: int) -> tuple[str, ...]:
    """Return the ids in a Message-ID, In-Reply-To or References value: without brackets, in order, once each."""
    found = _ID.findall(value)
    if not found:
        found = [word for word in value.split() if "@" in word and len(word) <= 998]
    cleaned = (_SPACE.sub("", one) for one in found[-most:])
    return tuple(dict.fromkeys(one for one in cleaned if one))


def text_of(value: str) -> str:
    """Return a header value as one line of text: encoded words decoded, white space collapsed."""
    return _SPACE.sub(" ", decode_words(value)).strip()
