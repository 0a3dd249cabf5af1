"""Raw bytes -> what makes two copies of one mail the same mail. No MIME tree, linear time.

Deliveries add trace fields on top (Received, Return-Path, Delivered-To, Authentication-Results, X-...), so only the
writer's own fields and the body are looked at.
"""

from collections.abc import Iterator
from hashlib import sha256

from mailgateway.mail.limits import DEFAULT, Limits
from mailgateway.mail.model import Identity
from mailgateway.mail.wire.headers import ids_of, read_headers, with_line_feeds

_WRITERS_OWN = ("from", "to", "cc", "subject", "date", "message-id")
# Nothing that deliveries put on top may push the writer's own fields beyond a limit, or change how they are read.
_ENDLESS = 2**62
_PIECE = 65_536
_EVERYTHING = Limits(header_fields=_ENDLESS, field_bytes=_ENDLESS, header_bytes=_ENDLESS)


def identity(raw: bytes) -> Identity:
    """Return the identity of a message; without a Message-ID, or with a header without end, every byte of it counts."""
    whole, raw = raw, with_line_feeds(raw)
    header, body = read_headers(raw, 0, len(raw), DEFAULT)
    ids = ids_of(header.get("message-id"), 1)
    if not ids:
        return Identity("", sha256(whole).hexdigest())
    if body > DEFAULT.header_bytes:
        # no delivery makes such a header, and to read it all would take long
        return Identity(ids[0], sha256(whole).hexdigest())
    if header.defects or not raw[:body].isascii():
        header, body = read_headers(raw, 0, len(raw), _EVERYTHING, eight_bit="latin-1")
    digest = sha256()
    for name in _WRITERS_OWN:
        for value in header.all(name):
            digest.update(f"{name}:{value}\n".encode("utf-8", "surrogateescape"))
    digest.update(b"\n")
    for piece in _body(raw, body):
        digest.update(piece)
    return Identity(ids[0], digest.hexdigest())


def _body(raw: bytes, start: int) -> Iterator[bytes]:
    """Give the body with line feeds for CRLF and no empty lines at its end, in pieces: it may be large."""
    end = len(raw)
    while end > start:
        text = raw[max(start, end - _PIECE) : end].rstrip(b"\r\n")
        if text:
            end = max(start, end - _PIECE) + len(text)
            break
        end = max(start, end - _PIECE)
    while start < end:
        stop = min(start + _PIECE, end)
        while stop < end and raw[stop - 1 : stop] == b"\r":
            stop += 1
        yield raw[start:stop].replace(b"\r\n", b"\n")
        start = stop
