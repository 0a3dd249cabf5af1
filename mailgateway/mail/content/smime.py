"""Opaque S/MIME signatures (smime.p7m, RFC 8551 section 3.5.2): the signed message inside, read without checking it."""

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_PLAIN_DATA = bytes.fromhex("2a864886f70d010701")
_OCTETS, _CONSTRUCTED = 0x04, 0x20
_MOST_STEPS = 200_000


def signed_content(data: bytes) -> bytes:
    """Return the content of a CMS SignedData in BER, b"" where it is none (encrypted, damaged, or without content)."""
    head = _value(data, 0, len(data))
    if head is None or data[:1] != b"\x30":
        return b""
    if data.find(_SIGNED_DATA, 0, 64) < 0:
        return b""
    place = data.find(b"\x06\x09" + _PLAIN_DATA)
    if place < 0:
        return b""
    wrapped = _value(data, place + 11, len(data))
    if wrapped is None or data[place + 11] != 0xA0:
        return b""
    return _octets(data, wrapped[0], wrapped[1])


def _value(data: bytes, place: int, end: int) -> tuple[int, int] | None:
    """Return where the value of the element at `place` lies; an indefinite length reaches to `end`."""
    if place + 2 > end:
        return None
    length = data[place + 1]
    start = place + 2
    if length == 0x80:
        return start, end
    if length & 0x80:
        count = length & 0x7F
        if count > 5 or start + count > end:
            return None
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    return start, min(start + length, end)


def _octets(data: bytes, start: int, end: int) -> bytes:
    """Join the pieces of a possibly constructed OCTET STRING."""
    pieces: list[bytes] = []
    place = start
    for _ in range(_MOST_STEPS):
        span = _value(data, place, end)
        if span is None or data[place] & ~_CONSTRUCTED != _OCTETS:
            break
        if data[place] & _CONSTRUCTED:
            place = span[0]
        else:
            pieces.append(data[span[0] : span[1]])
            place = span[1]
    return b"".join(pieces)
