"""Compressed RTF (MS-OXRTFCP), as Outlook puts it into winmail.dat -> readable text. Bounded; broken input ends it."""

import re
from struct import Struct, error

from mailgateway.mail.wire.charset import decode

_HEAD = Struct("<IIII")
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_WINDOW = 4_096
MOST_RTF = 2_000_000
"""Bytes that one mail may have unpacked: nine times as many as they are packed."""

# What the window holds at the beginning, as the format has it (MS-OXRTFCP section 2.1.2.1).
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
    b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_TOKEN = re.compile(rb"\\([a-z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
_BREAKS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"cell": "  ", b"row": "\n", b"emdash": "—", b"endash": "–"}
_QUOTES = {b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•"}
_ASIDE = frozenset(
    [
        b"fonttbl",
        b"colortbl",
        b"stylesheet",
        b"info",
        b"pict",
        b"object",
        b"header",
        b"footer",
        b"listtable",
        b"htmltag",
    ]
)


def decompress(data: bytes, most: int = MOST_RTF) -> bytes:
    """Return the RTF in a compressed value, as far as it can be read, `most` bytes; b"" for bytes that are none."""
    try:
        _, size, kind, _ = _HEAD.unpack_from(data)
    except error:
        return b""
    if kind == _PLAIN:
        return data[16 : 16 + min(size, most)]
    if kind != _COMPRESSED:
        return b""
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\0"))
    return _unpack(data, min(size, most), window, len(_DICTIONARY))


def _unpack(data: bytes, size: int, window: bytearray, write: int) -> bytes:
    """Undo the runs of literals and references to the window that the eight bits of a control byte announce."""
    out = bytearray()
    place = 16
    while place < len(data) and len(out) < size:
        control = data[place]
        place += 1
        for bit in range(8):
            is_reference = control >> bit & 1
            taken = data[place : place + 1 + is_reference]
            place += len(taken)
            if len(taken) <= is_reference:
                return bytes(out)
            copied = _referred(taken, window, write) if is_reference else _written(taken, window, write)
            if not copied:
                return bytes(out)
            write = (write + len(copied)) % _WINDOW
            out += copied
    return bytes(out[:size])


def _written(literal: bytes, window: bytearray, write: int) -> bytes:
    window[write] = literal[0]
    return literal


def _referred(pair: bytes, window: bytearray, write: int) -> bytes:
    """Copy from the window, byte by byte since what is copied may be copied again; b"" at the mark of the end."""
    reference = int.from_bytes(pair, "big")
    offset = reference >> 4
    if offset == write:
        return b""
    count = (reference & 15) + 2
    if offset < write and max(offset, write) + count <= _WINDOW:
        piece = window[offset : min(write, offset + count)]
        repeated = bytes((piece * (count // len(piece) + 1))[:count])
        window[write : write + count] = repeated
        return repeated
    copied = bytearray()
    for step in range(count):
        copied.append(window[(offset + step) % _WINDOW])
        window[(write + step) % _WINDOW] = copied[-1]
    return bytes(copied)


def rtf_text(source: bytes) -> str:
    """Return the words of an RTF document; tables of fonts and the like, pictures and hidden text are left out."""
    return _Page().read(source[:MOST_RTF])


class _Page:
    """The text while it is written: the code page, and which groups are left out."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._raw = bytearray()
        self._charset = "cp1252"
        self._depth = 0
        self._aside = 0
        self._skip = 0

    def read(self, source: bytes) -> str:
        for found in _TOKEN.finditer(source):
            word, number, code, symbol, brace, text = found.groups()
            if brace:
                self._group(brace)
            elif self._aside:
                continue
            elif word:
                self._word(word, number)
            elif symbol:
                self._symbol(symbol)
            else:
                self._bytes(bytes.fromhex(code.decode("ascii")) if code else text or b"")
        self._flush()
        whole = "".join(self._pieces)  # characters beyond the first plane come as two surrogates
        return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()

    def _group(self, brace: bytes) -> None:
        self._depth += 1 if brace == b"{" else -1
        if self._aside > self._depth:
            self._aside = 0

    def _word(self, word: bytes, number: bytes | None) -> None:
        if word in _ASIDE:
            self._aside = self._depth
        elif word == b"ansicpg" and number:
            self._charset = f"cp{int(number)}"
        elif word == b"u" and number:
            self._say(chr(int(number) % 65_536))
            self._skip = 1
        elif word in _BREAKS or word in _QUOTES:
            self._say(_BREAKS.get(word) or _QUOTES[word])

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._aside = self._depth
        elif symbol in (b"\\", b"{", b"}"):
            self._bytes(symbol)
        elif symbol == b"~":
            self._say(" ")

    def _bytes(self, raw: bytes) -> None:
        self._raw += raw[self._skip :]
        self._skip = 0

    def _say(self, text: str) -> None:
        self._flush()
        self._pieces.append(text)

    def _flush(self) -> None:
        if self._raw:
            self._pieces.append(decode(bytes(self._raw), self._charset)[0])
            self._raw.clear()
