"""What a file is, whatever it calls itself: its endings, the type that its first bytes show, the names within it."""

import re
from struct import Struct, error

from mailgateway.mail.content.attachments import declared_name, disposition_of
from mailgateway.mail.limits import DEFAULT
from mailgateway.mail.wire.tree import read_tree

_PACKED = frozenset({"gz", "bz2", "xz", "zst", "z", "lzma", "br"})
_ENTRY = re.compile(rb"PK(?:\x03\x04|\x01\x02)")
_LENGTH = Struct("<H")
_MAILS = frozenset({"message/rfc822", "message/global"})
_MOST_ENTRIES = 100_000
MOST_MAILS = 100
"""So many mails are opened within one, and of those that are attached to it."""

_MOST_READ = 20
"""So many times its size is read of a mail with mails within mails: each is read again with those in it."""

_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_U32 = Struct("<I")
_LNK = b"\x4c\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
_MAIL_START = re.compile(rb"[!-9;-~]{1,80}:[^\n]{0,998}\n(?:[ \t][^\n]{0,998}\n){0,50}[!-9;-~]{1,80}:")
_MAY_NAME = re.compile(rb"name|message/", re.IGNORECASE)
_MACH_O = (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")


def endings_of(name: str) -> tuple[str, ...]:
    """Return the endings that decide what a file is: the last one, and where that only packs, the one before it.

    Windows takes no notice of dots and spaces behind the last one.

    >>> endings_of("invoice.pdf.exe. "), endings_of("setup.EXE.gz"), endings_of("example.com.pdf")
    (('exe',), ('gz', 'exe'), ('pdf',))
    """
    pieces = name.casefold().rstrip(". \t").split(".")
    last = pieces[-1].strip() if len(pieces) > 1 else ""
    if last in _PACKED and len(pieces) > 2:
        return last, pieces[-2].strip()
    return (last,) if last else ()


def seeming_type(content: bytes) -> str:
    """Return the media type of a program or a shortcut that its first bytes show, "" for anything else."""
    if content.startswith(b"MZ") and _is_portable(content):
        return "application/vnd.microsoft.portable-executable"
    if content.startswith(b"\x7fELF"):
        return "application/x-executable"
    if content.startswith(_MACH_O):
        return "application/x-mach-binary"
    return "application/x-ms-shortcut" if content.startswith(_LNK) else ""


def is_mail(content_type: str, content: bytes) -> bool:
    """Tell whether a file is a mail, by label and content: its name is a subject, and may end in anything."""
    return content_type in _MAILS and _MAIL_START.match(content) is not None


def is_picture(content_type: str, content: bytes) -> bool:
    """Tell whether a file is a PNG or JPEG, by label and content: its name may end in that of a web site, as `.com`."""
    start = _PICTURES.get(content_type)
    return start is not None and content.startswith(start)


def names_inside(content: bytes) -> tuple[str, ...] | None:
    """Return the names of the files in a ZIP archive, or attached to a mail; of archives within archives as stored.

    None where there are more than are looked at: 100,000 headers of an archive, 100 mails within mails. Nothing is
    unpacked. Names stand in the clear in encrypted archives, too.
    """
    packed = _in_archive(content)
    if packed is None or not may_be_opened(content):
        return packed
    attached = _in_mail(content)
    return None if attached is None else (*packed, *attached)


def may_be_opened(content: bytes) -> bool:
    """Tell whether a file begins as a mail does, and may name files that are attached to it."""
    return _MAIL_START.match(content) is not None and _MAY_NAME.search(content) is not None


def _in_archive(content: bytes) -> tuple[str, ...] | None:
    """Read the name in each local and central header: archives may tell different names at the two places.

    What begins as something else may be an archive: programs that unpack look for its directory from the end.
    """
    names: dict[str, None] = {}
    for count, found in enumerate(_ENTRY.finditer(content)):
        if count == _MOST_ENTRIES:
            return None
        length_at, name_at = (26, 30) if content[found.start() + 2] == 3 else (28, 46)
        try:
            length = _LENGTH.unpack_from(content, found.start() + length_at)[0]
        except error:
            break
        start = found.start() + name_at
        # the end of a name decides, and the longest ones are no names
        names[content[max(start, start + length - 255) : start + length].decode("utf-8", "replace")] = None
    return tuple(names)


def _in_mail(content: bytes) -> tuple[str, ...] | None:
    names: list[str] = []
    waiting = [content]
    opened = read = 0
    while waiting:
        raw = waiting.pop()
        opened, read = opened + 1, read + len(raw)
        if opened > MOST_MAILS or read > _MOST_READ * len(content):
            return None
        for part in read_tree(raw, DEFAULT).walk():
            inner = raw[part.start : part.end] if part.content_type in _MAILS else b""
            name = "" if is_mail(part.content_type, inner) else declared_name(part, disposition_of(part)[1])
            names += [name] if name else []
            waiting += [inner] if inner else []
    return tuple(names)


def _is_portable(content: bytes) -> bool:
    """Tell whether the old header of a program leads to a new one, as no text that begins with MZ does."""
    try:
        place = _U32.unpack_from(content, 0x3C)[0]
    except error:
        return False
    return content[place : place + 2] in (b"PE", b"NE", b"LE", b"LX")
