"""Values -> header fields of the wire (RFC 5322, 2047, 2231, 6532): 7-bit but for UTF-8 addresses, folded, never split.

Whatever a value holds, it stays within its field: control characters and line separators become a space.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from mailgateway.mail.model import Address

_LINE = 76
_LONGEST_PLAIN = 60
_WORD_ROOM = 64 - len("=?utf-8?q??=")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NOT_IN_ID = re.compile(r"[^!-;=?-~]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")
_DOT_ATOM = re.compile(r"[^\s\"(),:;<>@\[\]\\]+\Z")
_NOT_IN_DOMAIN = re.compile(r"[\s\"(),;<>@\\]+")
_QUOTED_PAIR = re.compile(r"\\(.)")
_TO_ESCAPE = re.compile(r'(["\\])')
_LONGEST_ID = 400
_LONGEST_PART = 255

_PLAIN_IN_WORDS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q = tuple(chr(byte) if byte in _PLAIN_IN_WORDS else "_" if byte == 0x20 else f"={byte:02X}" for byte in range(256))


def one_line(text: str) -> str:
    """Return the text on one line: runs of spaces, control characters and what UTF-8 cannot hold become one space."""
    return _UNSAFE.sub(" ", text).strip(" ")


def text_field(name: str, text: str) -> bytes:
    """Return an unstructured field such as Subject; `name` is ours and trusted."""
    line = one_line(text)
    words = line.split(" ") if _is_plain(line) else encoded_words(line)
    return _folded(name, words)


def address_field(name: str, person: Address) -> bytes:
    """Return a field with one mailbox; a UTF-8 address is kept as it is (RFC 6532)."""
    display = one_line(person.name)
    spec = f"<{addr_spec(person.address)}>"
    if not display:
        return _folded(name, [spec])
    if _is_plain(display) and _ATOMS.match(display):
        return _folded(name, [*display.split(" "), spec])
    if _is_plain(display) and len(display) <= _LONGEST_PLAIN:
        return _folded(name, [f'"{_escaped(display)}"', spec])
    return _folded(name, [*encoded_words(display), spec])


def mailto_field(name: str, address: str, subject: str) -> bytes:
    """Return a field with one link to write a mail (RFC 2369 section 2, RFC 6068), whole however long it is.

    It is no text: in encoded words (RFC 2047 section 5) nobody would find it.
    """
    return _folded(name, [f"<mailto:{quote(address, safe='@+')}?subject={quote(subject, safe='')}>"])


def ids_field(name: str, ids: Iterable[str]) -> bytes:
    """Return a field of message ids (given without brackets), or nothing where no id is left."""
    brackets = [f"<{known}>" for known in ids]
    return _folded(name, brackets) if brackets else b""


def addr_spec(address: str) -> str:
    """Return an address that is one address whatever it holds: what would end it is quoted or dropped.

    Longer parts than any address has (RFC 5321 section 4.5.3.1) are cut, so that they stay within a line.
    """
    local, _, domain = one_line(address).rpartition("@")
    return f"{_local_part(local[:_LONGEST_PART])}@{_NOT_IN_DOMAIN.sub('', domain)[:_LONGEST_PART]}"


def clean_id(message_id: str) -> str:
    """Return a message id without everything that no id may hold; "" where it is too long for a line of a header."""
    cleaned = _NOT_IN_ID.sub("", message_id)
    return cleaned if len(cleaned) <= _LONGEST_ID else ""


def parameter(name: str, value: str) -> list[str]:
    """Return a MIME parameter, in several numbered pieces where it is long (RFC 2231 section 3)."""
    line = one_line(value)
    if _is_plain(line) and len(line) <= _LONGEST_PLAIN:
        return [f'{name}="{_escaped(line)}"']
    pieces = list(_joined((quote(char, safe="") for char in line), _LONGEST_PLAIN))
    if len(pieces) == 1:
        return [f"{name}*=utf-8''{pieces[0]}"]
    return [f"{name}*{place}*={piece}" for place, piece in enumerate([f"utf-8''{pieces[0]}", *pieces[1:]])]


def encoded_words(text: str) -> list[str]:
    """Return the text in encoded words, in the shorter one of the two encodings.

    A word has 64 characters at most, so that a line with the name of its field keeps within 76 (RFC 2047 section 2).
    """
    raw = text.encode("utf-8")
    if sum(len(_Q[byte]) for byte in raw) <= len(raw) * 4 // 3:
        pieces = _joined(("".join(_Q[byte] for byte in char.encode("utf-8")) for char in text), _WORD_ROOM)
        return [f"=?utf-8?q?{piece}?=" for piece in pieces]
    return [f"=?utf-8?b?{base64.b64encode(piece).decode('ascii')}?=" for piece in _cut(text, _WORD_ROOM // 4 * 3)]


def _is_plain(line: str) -> bool:
    """Tell whether a line may stand as it is: ASCII, nothing like an encoded word, no word too long to fold."""
    return line.isascii() and "=?" not in line and max(map(len, line.split(" "))) <= _LONGEST_PLAIN


def _folded(name: str, words: list[str]) -> bytes:
    """Put words side by side, going to a new line before one that would stand over the margin."""
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += " " + word
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")


def _joined(pieces: Iterable[str], room: int) -> Iterator[str]:
    """Join pieces to strings of at most `room` characters, never cutting inside a piece."""
    text = ""
    for piece in pieces:
        if text and len(text) + len(piece) > room:
            yield text
            text = ""
        text += piece
    yield text


def _cut(text: str, room: int) -> Iterator[bytes]:
    """Cut a text into UTF-8 pieces of at most `room` bytes, never inside a character."""
    raw = b""
    for char in text:
        piece = char.encode("utf-8")
        if len(raw) + len(piece) > room:
            yield raw
            raw = b""
        raw += piece
    yield raw


def _local_part(local: str) -> str:
    if _DOT_ATOM.match(local):
        return local
    inner = local[1:-1] if len(local) > 1 and local[0] == local[-1] == '"' else local
    return f'"{_escaped(_unescaped(inner))}"'


def _unescaped(text: str) -> str:
    return _QUOTED_PAIR.sub(r"\1", text)


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(r"\\\1", text)
