"""What a file is, whatever it calls itself."""

import io
import time
import zipfile

import pytest

from mailgateway.mail.content.inside import endings_of, is_mail, is_picture, names_inside, seeming_type


@pytest.mark.parametrize(
    ("name", "endings"),
    [
        ("report.pdf", ("pdf",)),
        ("invoice.pdf.exe", ("exe",)),
        ("INVOICE.EXE", ("exe",)),
        ("invoice.exe. . ", ("exe",)),
        ("invoice.exe  ", ("exe",)),
        ("setup.exe.gz", ("gz", "exe")),
        ("dump.tar.gz", ("gz", "tar")),
        ("example.com.pdf", ("pdf",)),
        ("README", ()),
        ("", ()),
    ],
)
def test_the_last_ending_decides(name: str, endings: tuple[str, ...]) -> None:
    """As Windows does it; what only packs shows what is packed."""
    assert endings_of(name) == endings


def _program(kind: bytes = b"PE\0\0") -> bytes:
    return b"MZ" + b"\0" * 58 + (128).to_bytes(4, "little") + b"\0" * 64 + kind


@pytest.mark.parametrize(
    ("content", "seems"),
    [
        (_program(), "application/vnd.microsoft.portable-executable"),
        (_program(b"NE"), "application/vnd.microsoft.portable-executable"),
        (b"\x7fELF\x02\x01\x01", "application/x-executable"),
        (b"MZ is how this text begins, and goes on until it is long enough to have a place.", ""),
        (b"MZ", ""),
        (b"%PDF-1.7", ""),
        (b"", ""),
    ],
)
def test_programs_are_known_by_their_first_bytes(content: bytes, seems: str) -> None:
    """A name says nothing of that."""
    assert seeming_type(content) == seems


def archive(*names: str) -> bytes:
    """Return a ZIP archive that holds files of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as writer:
        for name in names:
            writer.writestr(name, b"x" * 100)
    return made.getvalue()


def test_an_archive_tells_the_names_in_it() -> None:
    """At both places where they stand, without unpacking anything."""
    assert names_inside(archive("a.txt", "folder/invoice.pdf.exe")) == ("a.txt", "folder/invoice.pdf.exe")


def test_the_hidden_second_directory_of_an_archive_is_read_too() -> None:
    """Programs that unpack look at either: a name that stands only in one of both is a name."""
    content = archive("evil.exe")
    end = content.rindex(b"evil.exe")
    assert "evil.exe" in (names_inside(content[:end] + b"good.txt" + content[end + 8 :]) or ())


def test_an_archive_within_an_archive_shows_its_names_where_it_is_stored() -> None:
    """What is packed twice over is a scanner's work."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as writer:
        writer.writestr("inner.zip", archive("evil.exe"))
    assert "evil.exe" in (names_inside(made.getvalue()) or ())


def test_an_archive_may_begin_as_something_else() -> None:
    """Programs that unpack find its directory from the end."""
    assert names_inside(b"x" + archive("evil.exe")) == ("evil.exe",)
    assert names_inside(b"From: a@b.c\nSubject: x\n\n" + archive("evil.exe")) == ("evil.exe",)


def test_more_than_is_looked_at_is_said_to_be() -> None:
    """Nothing hides behind names, or mails, without end."""
    assert names_inside(b"PK\x03\x04" * 100_001 + archive("evil.exe")) is None
    entry = b"PK\x03\x04" + b"\0" * 22 + b"\x01\0\0\0n"
    assert names_inside(entry * 99_998 + archive("evil.exe")) == ("n", "evil.exe")
    part = b"--o\nContent-Type: message/rfc822\n\nFrom: a@b.c\nSubject: i\n\nx\n"
    mail = b"From: a@b.c\nSubject: o\nContent-Type: multipart/mixed; boundary=o\n\n"
    assert names_inside(mail + part * 99 + b"--o--\n") == ()
    assert names_inside(mail + part * 100 + b"--o--\n") is None
    assert names_inside(b"From: a\nSubject: b\nContent-Type: message/rfc822\n\n" * 50) is None


def test_a_picture_is_known_by_label_and_content() -> None:
    """Either alone proves nothing."""
    assert is_picture("image/jpeg", b"\xff\xd8\xff\xe0")
    assert not is_picture("image/jpeg", b"\xb4\x09")
    assert not is_picture("application/octet-stream", b"\xff\xd8\xff\xe0")


def test_a_mail_tells_the_names_of_its_files() -> None:
    """Also of those of mails within it."""
    leaf = b"Content-Type: application/pdf; name=plan.pdf\n\nx\n"
    inner = b"From: a@b.c\nSubject: i\nContent-Type: multipart/mixed; boundary=i\n\n--i\n%s--i--\n"
    evil = inner % b'Content-Disposition: attachment; filename="evil.exe"\n\nx\n'
    mail = (
        b"From: a@b.c\nSubject: o\nContent-Type: multipart/mixed; boundary=o\n\n"
        b"--o\n" + leaf + b"--o\nContent-Type: message/rfc822\n\n" + evil + b"\n--o--\n"
    )
    assert names_inside(mail) == ("plan.pdf", "evil.exe")


def test_a_mail_is_known_whose_first_field_is_folded() -> None:
    """As most are: the server that took it wrote it on top."""
    head = (
        b"Received: from a.example (a.example [192.0.2.1])\r\n\tby mx.example;\r\n Mon, 2 Nov 2026 09:00:00 +0100\r\n"
    )
    mail = head + b'From: a@b.c\r\nContent-Type: a/b; name="evil.exe"\r\n\r\nx'
    assert is_mail("message/rfc822", mail)
    assert names_inside(mail) == ("evil.exe",)
    assert not is_mail("message/rfc822", b"MZ")
    assert not is_mail("text/plain", mail)


@pytest.mark.parametrize("content", [b"PK", b"PK\x03\x04", b"PK\x01\x02" + b"\xff" * 40, b"From", b"\0" * 10])
def test_broken_files_hold_nothing_and_hurt_nobody(content: bytes) -> None:
    """Whatever the bytes are, there is an answer."""
    assert all(isinstance(name, str) for name in names_inside(content) or ())


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" * 5_000_000,
        (b"PK\x03\x04" + b"\0" * 22 + b"\xff\xff\0\0") * 700_000,
        b"From: a\nSubject: b\nContent-Type: message/rfc822\n\n" * 200_000,
        b"From: a\nTo: b\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: message/rfc822\n\n" * 90_000,
    ],
)
def test_no_crafted_file_takes_long(content: bytes) -> None:
    """Twenty megabytes of nothing but names are done in less than two seconds of CPU."""
    began = time.thread_time()
    names_inside(content)
    assert time.thread_time() - began < 1.8
