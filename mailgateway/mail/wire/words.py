"""RFC 2047 encoded words -> text, in the broken forms that mailers send as well as in the right one."""

import binascii
import re

from mailgateway.mail.wire.charset import decode

# `=?charset?B?data?=`. Data may hold stray spaces and question marks; the end may be missing at the end of the field.
_WORD = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,50}?)(?:\?=|$)")
_QUOTED = re.compile(rb"=([0-9A-Fa-f]{2})")
_MOST_PIECES = 10_000
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")


def decode_words(value: str) -> str:
    """Return the text of a header value with its encoded words decoded; white space runs of folding become one space.

    Neighbouring words of one charset are joined before they are decoded, since some mailers cut inside a character.
    """
    if "=?" not in value:
        return value
    pieces: list[str] = []
    pending, charset, place = b"", "", 0
    for word in _WORD.finditer(value):
        between = value[place : word.start()]
        if between.strip() or place == 0:
            pieces += [decode(pending, charset)[0], between]
            pending = b""
        label = word[1].casefold()
        if pending and label != charset:
            pieces.append(decode(pending, charset)[0])
            pending = b""
        pending += _word_bytes(word[2], word[3])
        charset, place = label, word.end()
    pieces += [decode(pending, charset)[0], value[place:]]
    return _CONTROL.sub(" ", "".join(pieces))


def _word_bytes(encoding: str, data: str) -> bytes:
    raw = data.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return base64_bytes(raw)
    return _QUOTED.sub(lambda found: bytes((int(found[1], 16),)), raw.replace(b"_", b" "))


_JUNK = bytes(sorted(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")))


def base64_bytes(raw: bytes) -> bytes:
    """Decode base64 with junk, missing padding or padding in the middle (pieces encoded one by one and joined).

    Beyond so many pieces padding is junk as well: nobody joins that many, and each costs as much as a line.
    """
    pieces = []
    plain = raw.translate(None, _JUNK)
    for run in plain.split(b"=") if plain.count(b"=") <= _MOST_PIECES else (plain.replace(b"=", b""),):
        whole = run[: len(run) - 1] if len(run) % 4 == 1 else run
        pieces.append(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)))
    return b"".join(pieces)
