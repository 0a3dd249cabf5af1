"""Mails out of files: .eml, mbox, Maildir, folders of them, and a stream. One mail is in memory at a time.

What is larger than the limit is read past, and only its header block kept, as a mailbox does with over-size mails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Found:
    """One mail: where it was found, its size in bytes, and its bytes (header block alone where `headers_only`).

    `read` is how many bytes of its file have been read so far.
    """

    where: str
    size: int
    raw: bytes = field(repr=False)
    headers_only: bool
    read: int


def files_below(path: Path) -> Iterator[Path]:
    """Give the files that hold mails: the path itself, or within a folder those of Maildirs, *.eml and *.mbox."""
    if not path.is_dir():
        yield path
        return
    is_maildir = (path / "cur").is_dir() and (path / "new").is_dir()
    for entry in sorted(path.iterdir()):
        if entry.is_dir():
            if is_maildir and entry.name in ("cur", "new"):
                yield from sorted(file for file in entry.iterdir() if file.is_file())
            elif not (is_maildir and entry.name == "tmp"):
                yield from files_below(entry)
        elif entry.suffix.casefold() in _SUFFIXES:
            yield entry


def mails_in(path: Path, limit: int) -> Iterator[Found]:
    """Give the mails of a file, an mbox or a single one; a mail may have `limit` bytes. Raises OSError."""
    with path.open("rb") as stream:
        yield from mails_of(stream, str(path), limit)


def mails_of(stream: BinaryIO, name: str, limit: int) -> Iterator[Found]:
    """Give the mails of a stream: an mbox where it begins with a `From ` line, otherwise a single one."""
    first = stream.readline(_LINE)
    if not _SEPARATOR.fullmatch(first):
        gathered = _Gathered(limit)
        gathered.add(first)
        while part := stream.read(_LINE):
            gathered.add(part)
        yield gathered.found(name, gathered.size)
        return
    yield from _split(stream, name, limit, len(first))


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


def _split(stream: BinaryIO, name: str, limit: int, read: int) -> Iterator[Found]:
    """Cut an mbox at `From ` lines that follow an empty line; the empty line belongs to the separator."""
    number, mail, empty = 1, _Gathered(limit), b""
    starts_line = True
    while line := stream.readline(_LINE):
        read += len(line)
        if starts_line and (empty or not mail.size) and _SEPARATOR.fullmatch(line):
            yield mail.found(f"{name}#{number}", read)
            number, mail, empty = number + 1, _Gathered(limit), b""
            continue
        if empty:
            mail.add(empty)
        empty = line if starts_line and line in (b"\n", b"\r\n") else b""
        if not empty:
            mail.add(line[1:] if starts_line and _QUOTED_FROM.match(line) else line)
        starts_line = line.endswith(b"\n")
    yield mail.found(f"{name}#{number}", read)
