"""Mails out of files and streams."""

import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.cli.sources import Found, files_below, mails_in, mails_of

_FROM = b"From carla@customer.example Mon Nov  2 09:00:00 2026\n"
_LIMIT = 100_000


def _of(raw: bytes, limit: int = _LIMIT) -> list[Found]:
    return list(mails_of(io.BytesIO(raw), "box", limit))


def test_a_file_that_is_no_mbox_is_one_mail() -> None:
    """Bytes that do not begin with a `From ` line are one mail, as they are."""
    raw = b"From: a@b\r\nSubject: x\r\n\r\nFrom here on\r\n\r\nFrom there, too\r\n"
    (found,) = _of(raw)
    assert (found.where, found.raw, found.size, found.headers_only) == ("box", raw, len(raw), False)


def test_an_mbox_is_cut_at_its_separators_alone() -> None:
    """Lines that begin with `From ` are text unless they follow an empty line and look like a separator."""
    raw = (
        _FROM
        + b"Subject: one\n\nFrom here\n\nFrom now on: 10:00, be there\nFrom x Mon Nov  2 09:00:00 2026\n>From me\n\n"
        + _FROM
        + b"Subject: two\n\n>>From deeper\n"
    )
    first, second = _of(raw)
    assert first.raw == (
        b"Subject: one\n\nFrom here\n\nFrom now on: 10:00, be there\nFrom x Mon Nov  2 09:00:00 2026\nFrom me\n"
    )
    assert second.raw == b"Subject: two\n\n>From deeper\n"
    assert (first.where, second.where) == ("box#1", "box#2")
    assert second.read == len(raw)


def test_an_mbox_is_read_on_from_where_a_mail_ends(tmp_path: Path) -> None:
    """From each place where a mail ends the others follow, also where the file ended there once and has grown."""
    path = tmp_path / "box.mbox"
    path.write_bytes(b"\n".join(_FROM + b"Subject: %d\n\nText.\n" % number for number in range(3)))
    whole = list(mails_in(path, _LIMIT))
    assert [(found.number, found.where) for found in whole] == [(n, f"{path}#{n}") for n in (1, 2, 3)]
    for found in whole:
        assert list(mails_in(path, _LIMIT, found.end, found.number)) == whole[found.number :]
    end = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"\n" + _FROM + b"Subject: 3\n\nText.\n")
    (grown,) = mails_in(path, _LIMIT, end, 3)
    assert (grown.raw, grown.number) == (b"Subject: 3\n\nText.\n", 4)


_LINES = st.lists(st.sampled_from([b"", b"From me", b">From you", b"text", b"From a 10:00 2026", b"\xff\x00"]))


@given(st.lists(_LINES, min_size=1, max_size=5))
def test_what_was_written_as_mbox_is_read_back(mails: list[list[bytes]]) -> None:
    """Mails written by the mboxrd rules come back as they were."""
    originals = [b"Subject: x\n\n" + b"".join(line + b"\n" for line in lines) for lines in mails]
    written = b"".join(_FROM + _quoted(mail) + b"\n" for mail in originals)
    assert [found.raw for found in _of(written)] == originals


def _quoted(mail: bytes) -> bytes:
    lines = mail.splitlines(keepends=True)
    return b"".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines)


def test_an_over_size_mail_keeps_its_header_alone() -> None:
    """Of a mail beyond the limit the header block and the size are known, and nothing else is kept."""
    raw = b"Subject: big\r\nFrom: a@b\r\n\r\n" + b"x" * 200_000
    (found,) = _of(raw)
    assert (found.raw, found.size, found.headers_only) == (b"Subject: big\r\nFrom: a@b\r\n\r\n", len(raw), True)


def test_memory_stays_flat_however_long_the_stream_is() -> None:
    """Two hundred megabytes in one mbox, one mail of it huge, need a few megabytes of memory."""
    tracemalloc.start()
    try:
        sizes = [found.size for found in mails_of(io.BufferedReader(_Endless()), "box", _LIMIT)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(sizes) == 201
    assert sum(sizes) > 40_000_000
    assert peak < 4_000_000


class _Endless(io.RawIOBase):
    """A stream of 200 mails of 100 kB, and one of 20 MB without a line end, made while it is read."""

    def __init__(self) -> None:
        self._parts = self._made()
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # io gives a writable buffer
        while not self._left:
            self._left = next(self._parts, b"")
            if not self._left:
                return 0
        count = min(len(view), len(self._left))
        view[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    @staticmethod
    def _made() -> Iterator[bytes]:
        for _ in range(200):
            yield _FROM + b"Subject: x\n\n"
            for _ in range(10):
                yield b"word " * 2_000 + b"\n"
            yield b"\n"
        yield _FROM + b"Subject: huge\n\n"
        for _ in range(2_000):
            yield b"y" * 10_000


def test_folders_and_maildirs_are_searched(tmp_path: Path) -> None:
    """In a folder, *.eml, *.mbox and the mails of Maildirs are found, in order; the rest is left alone."""
    for name in ("Maildir/cur", "Maildir/new", "Maildir/tmp", "Maildir/.Sent/cur", "Maildir/.Sent/new", "more"):
        (tmp_path / name).mkdir(parents=True)
    wanted = ["Maildir/.Sent/cur/4:2,S", "Maildir/cur/2:2,S", "Maildir/new/1", "a.eml", "more/b.EML", "more/c.mbox"]
    for name in (*wanted, "Maildir/tmp/3", "Maildir/dovecot-uidlist", "notes.txt", "more/d.pdf"):
        (tmp_path / name).write_bytes(b"Subject: x\n\n")
    assert [str(path.relative_to(tmp_path)) for path in files_below(tmp_path)] == wanted
    assert list(files_below(tmp_path / "notes.txt")) == [tmp_path / "notes.txt"]
    assert [found.where for found in mails_in(tmp_path / "a.eml", _LIMIT)] == [str(tmp_path / "a.eml")]
