"""winmail.dat (Transport Neutral Encapsulation Format, MS-OXTNEF) -> the files and words that Outlook hid in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct, error

from mailgateway.mail.content.rtf import MOST_RTF, decompress, rtf_text
from mailgateway.mail.wire.charset import decode

_SIGNATURE = 0x223E9F78
_OBJECT = Struct("<BII")
_U16, _U32 = Struct("<H"), Struct("<I")
_MOST_FILES, _MOST_PROPERTIES = 1_000, 10_000

_BODY, _CODEPAGE, _MESSAGE_PROPERTIES = 0x0002800C, 0x00069007, 0x00069003
_NEW_FILE, _TITLE, _CONTENT, _FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005

_MULTIPLE, _NAMED = 0x1000, 0x8000
_STRING8, _UNICODE, _OBJECT_VALUE, _BINARY = 0x001E, 0x001F, 0x000D, 0x0102
_SIZES = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8, 0x0040: 8}
_CLASS_ID = 0x0048

_PLAIN, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_DATA, _SHORT_NAME, _LONG_NAME, _MEDIA_TYPE, _CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712


@dataclass(slots=True)
class TnefFile:
    """A file in the package; fields are empty where the package is silent."""

    name: str = ""
    content: bytes = b""
    content_type: str = ""
    content_id: str = ""


@dataclass(slots=True)
class Package:
    """What a package holds: the message's words, and its files."""

    plain: str = ""
    html: str = ""
    rich_bytes: int = 0
    """How many bytes of RTF were unpacked for the words."""

    files: list[TnefFile] = field(default_factory=list)


def read_tnef(data: bytes, most_rich: int = MOST_RTF) -> Package | None:
    """Return what is in a package, as far as it can be read; None for bytes that are no package.

    Of words that are there as compressed RTF alone, `most_rich` bytes at most are unpacked.
    """
    if len(data) < 6 or _U32.unpack_from(data)[0] != _SIGNATURE:
        return None
    package = Package()
    charset = ""
    for attribute, value in _objects(data):
        if attribute == _CODEPAGE and len(value) >= 4:
            charset = f"cp{_U32.unpack_from(value)[0]}"
        elif attribute == _BODY:
            package.plain = package.plain or _text(value, charset)
        elif attribute == _MESSAGE_PROPERTIES:
            _read_message(package, _properties(value, charset), charset, most_rich)
        elif attribute == _NEW_FILE and len(package.files) < _MOST_FILES:
            package.files.append(TnefFile())
        elif package.files:
            _read_file(package.files[-1], attribute, value, charset)
    package.files = [one for one in package.files if one.name or one.content]
    return package


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk over the attributes of a package: (identifier, value); a truncated last one is given as far as it goes."""
    place = 6
    while place + _OBJECT.size <= len(data):
        _, attribute, length = _OBJECT.unpack_from(data, place)
        place += _OBJECT.size
        yield attribute, data[place : place + length]
        place += length + 2


def _text(value: bytes, charset: str) -> str:
    return decode(value.rstrip(b"\0"), charset)[0]


def _read_message(package: Package, properties: dict[int, bytes | str], charset: str, most_rich: int) -> None:
    plain, html = properties.get(_PLAIN, ""), properties.get(_HTML, "")
    package.plain = package.plain or (plain if isinstance(plain, str) else _text(plain, charset))
    package.html = package.html or (html if isinstance(html, str) else _text(html, charset))
    rich = properties.get(_RTF)
    room = most_rich - package.rich_bytes
    if room > 0 and isinstance(rich, bytes) and not package.plain and not package.html:
        unpacked = decompress(rich, room)
        package.rich_bytes += len(unpacked)
        package.plain = rtf_text(unpacked)


def _read_file(file: TnefFile, attribute: int, value: bytes, charset: str) -> None:
    if attribute == _TITLE:
        file.name = file.name or _text(value, charset)
    elif attribute == _CONTENT:
        file.content = value
    elif attribute == _FILE_PROPERTIES:
        properties = _properties(value, charset)
        names = [properties.get(key) for key in (_LONG_NAME, _SHORT_NAME)]
        file.name = next((name for name in names if isinstance(name, str) and name), file.name)
        file.content_type = str(properties.get(_MEDIA_TYPE, ""))
        file.content_id = str(properties.get(_CONTENT_ID, ""))
        inside = properties.get(_DATA, b"")
        if not file.content and isinstance(inside, bytes):
            file.content = inside[16:]  # an object value begins with the id of its interface


def _properties(data: bytes, charset: str) -> dict[int, bytes | str]:
    """Read a list of MAPI properties; the first value of each, numbers left out. Stops where the list is broken."""
    found: dict[int, bytes | str] = {}
    try:
        place = 4
        for _ in range(min(_U32.unpack_from(data)[0], _MOST_PROPERTIES)):
            kind, name = _U16.unpack_from(data, place)[0], _U16.unpack_from(data, place + 2)[0]
            place = _behind_name(data, place + 4) if name >= _NAMED else place + 4
            values, place = _values(data, place, kind)
            if values:
                found.setdefault(name, _as_text(values[0], kind & ~_MULTIPLE, charset))
    except error:
        return found
    return found


def _behind_name(data: bytes, place: int) -> int:
    """Step over the identifier of a named property: a GUID, and a number or a padded name."""
    is_text = _U32.unpack_from(data, place + 16)[0]
    if not is_text:
        return place + 24
    length = _U32.unpack_from(data, place + 20)[0]
    return place + 24 + _padded(length)


def _values(data: bytes, place: int, kind: int) -> tuple[list[bytes], int]:
    """Read the values of one property; return those of variable length, and the place behind them."""
    simple = kind & ~_MULTIPLE
    variable = simple in (_STRING8, _UNICODE, _OBJECT_VALUE, _BINARY)
    count = 1
    if variable or kind & _MULTIPLE:
        count = min(_U32.unpack_from(data, place)[0], _MOST_PROPERTIES)
        place += 4
    if not variable:
        return [], place + count * (16 if simple == _CLASS_ID else _SIZES.get(simple, 4))
    values = []
    for _ in range(count):
        length = _U32.unpack_from(data, place)[0]
        values.append(data[place + 4 : place + 4 + length])
        place += 4 + _padded(length)
    return values, place


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _as_text(value: bytes, kind: int, charset: str) -> bytes | str:
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return _text(value, charset) if kind == _STRING8 else value
