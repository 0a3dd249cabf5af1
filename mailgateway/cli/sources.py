"""Mails out of files: .eml, mbox, Maildir, folders of them, and a stream. One mail is in memory at a time.

What is larger than the limit is read past, and only its header block kept, as a mailbox does with over-size mails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

_LINE = 65_536
_MOST_HEADER = 262_144
# RFC 4155: "From " sender, space, asctime date; programs put time zones before or after the year
_SEPARATOR = re.compile(
    rb"From \S{1,320} +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [A-Z0-9][^\r\n]{0,20}\d:\d\d[^\r\n]{0,40}\r?\n?"
)
_QUOTED_FROM = re.compile(rb">+From ")
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_SUFFIXES = (".eml", ".mbox")
_TELLING = frozenset(b"F>\r\n")
"""How lines begin that say something of an mbox; nearly all others are read past as they are."""


class NoMbox(Exception):
    """What should be an mbox is none."""

    def __init__(self, first: bytes) -> None:
        """Say what it begins with."""
        begins = first.rstrip(b"\r\n")[:60].decode("ascii", "replace")
        super().__init__(f'no mbox: it begins with "{begins}" instead of "From SENDER Mon Nov  2 09:00:00 2026"')


@dataclass(frozen=True, slots=True)
class Found:
    """One mail: where it was found, its size in bytes, and its bytes (header block alone where `headers_only`).

    `read` is how many bytes of its file have been read so far, `number` which mail of an mbox it is, from 1, and `end`
    the byte of the file behind it; both 0 in a file that is one mail.
    """

    where: str
    size: int
    raw: bytes = field(repr=False)
    headers_only: bool
    read: int
    number: int = 0
    end: int = 0


def files_below(path: Path) -> Iterator[Path]:
    """Give the files that hold mails: the path itself, or within a folder those of Maildirs, *.eml and *.mbox.

    Of a folder the bare names are in memory, and nothing else.
    """
    if not path.is_dir():
        yield path
        return
    is_maildir = (path / "cur").is_dir() and (path / "new").is_dir()
    for name in _names(path):
        entry = path / name
        if entry.is_dir():
            if is_maildir and name in ("cur", "new"):
                yield from (file for each in _names(entry) if (file := entry / each).is_file())
            elif not (is_maildir and name == "tmp"):
                yield from files_below(entry)
        elif entry.suffix.casefold() in _SUFFIXES:
            yield entry


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def is_mbox(path: Path) -> bool:
    """Tell whether a file is an mbox. Raises OSError, and NoMbox where it should be one and is none."""
    suffix = path.suffix.casefold()
    with path.open("rb") as stream:
        first = stream.readline(_LINE)
    is_one = bool(_SEPARATOR.fullmatch(first)) or (suffix == ".mbox" and not first)
    if not is_one and (suffix == ".mbox" or (suffix != ".eml" and first.startswith(b"From "))):
        raise NoMbox(first)
    return is_one


def mails_in(path: Path, limit: int, start: int = 0, before: int = 0) -> Iterator[Found]:
    """Give the mails of a file, an mbox or a single one; a mail may have `limit` bytes.

    With `start` the `before` mails up to this byte of an mbox are left out. Raises OSError.
    """
    with path.open("rb") as stream:
        stream.seek(start)
        while start and stream.peek(1)[:1] in (b"\r", b"\n"):  # a file that ended here has grown
            start += len(stream.readline(_LINE))
        if (start or path.suffix.casefold() == ".mbox") and not stream.peek(1):
            return
        yield from mails_of(stream, str(path), limit, start, before)


def mails_of(stream: BinaryIO, name: str, limit: int, start: int = 0, before: int = 0) -> Iterator[Found]:
    """Give the mails of a stream: an mbox where it begins with a `From ` line, otherwise a single one."""
    first = stream.readline(_LINE)
    if not _SEPARATOR.fullmatch(first):
        gathered = _Gathered(limit)
        gathered.add(first)
        while part := stream.read(_LINE):
            gathered.add(part)
        yield gathered.found(name, gathered.size)
        return
    yield from _split(stream, name, limit, start + len(first), before)


class _Gathered:
    """A mail that is being read: its bytes up to the limit, its size beyond."""

    def __init__(self, limit: int) -> None:
        self.size = 0
        self._limit = limit
        self._kept = bytearray()

    def add(self, part: bytes) -> None:
        self.size += len(part)
        if len(self._kept) <= self._limit:
            self._kept += part

    def found(self, where: str, read: int) -> Found:
        if self.size <= self._limit:
            return Found(where, self.size, bytes(self._kept), headers_only=False, read=read)
        block = bytes(self._kept[:_MOST_HEADER])
        end = _END_OF_HEADER.search(block)
        return Found(where, self.size, block[: end.end()] if end else block, headers_only=True, read=read)

    def found_in(self, mbox: str, number: int, read: int, end: int) -> Found:
        return replace(self.found(f"{mbox}#{number}", read), number=number, end=end)


def _split(stream: BinaryIO, name: str, limit: int, read: int, before: int) -> Iterator[Found]:
    """Cut an mbox at `From ` lines that follow an empty line; the empty line belongs to the separator."""
    number, mail, empty = before + 1, _Gathered(limit), b""
    starts_line = True
    while line := stream.readline(_LINE):
        read += len(line)
        if starts_line and not empty and line[0] not in _TELLING:
            mail.add(line)
            starts_line = line.endswith(b"\n")
            continue
        if starts_line and (empty or not mail.size) and _SEPARATOR.fullmatch(line):
            yield mail.found_in(name, number, read, read - len(line))
            number, mail, empty = number + 1, _Gathered(limit), b""
            continue
        if empty:
            mail.add(empty)
        empty = line if starts_line and line in (b"\n", b"\r\n") else b""
        if not empty:
            mail.add(line[1:] if starts_line and _QUOTED_FROM.match(line) else line)
        starts_line = line.endswith(b"\n")
    yield mail.found_in(name, number, read, read)
