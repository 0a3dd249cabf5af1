"""winmail.dat, and the compressed RTF in it, as somebody makes them who wants them to hurt."""

import base64
from struct import pack

_HEAD = b"{\\rtf1 abcdefgh "
_DICTIONARY, _WINDOW = 207, 4_096


def rich(size: int) -> bytes:
    """Return RTF that unpacks to so many bytes, eight times as many as it has (MS-OXRTFCP)."""
    packed = b"".join(b"\x00" + _HEAD[start : start + 8] for start in range(0, len(_HEAD), 8))
    write, done = _DICTIONARY + len(_HEAD), len(_HEAD)
    pieces = [packed]
    while done < size:
        pieces.append(b"\xff")
        for _ in range(8):
            pieces.append(pack(">H", ((write - 16) % _WINDOW) << 4 | 15))
            write, done = (write + 17) % _WINDOW, done + 17
    packed = b"".join(pieces)
    return pack("<IIII", len(packed) + 12, size, 0x75465A4C, 0) + packed


def package(words: bytes) -> bytes:
    """Return a package with such words and nothing else, in base64 (MS-OXTNEF)."""
    padding = b"\0" * (-len(words) % 4)
    value = pack("<IHHII", 1, 0x0102, 0x1009, 1, len(words)) + words + padding
    return base64.encodebytes(pack("<IHBII", 0x223E9F78, 1, 1, 0x00069003, len(value)) + value + b"\0\0")
