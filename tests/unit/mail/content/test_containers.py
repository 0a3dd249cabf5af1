"""Files that hide other files and words: winmail.dat, opaque S/MIME, calendars, Apple double, PGP/MIME."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mail.content.calendar import summarise
from mailgateway.mail.content.smime import signed_content
from mailgateway.mail.content.tnef import read_tnef
from mailgateway.mail.model import Mail
from mailgateway.mail.parse import parse


def _object(level: int, attribute: int, value: bytes) -> bytes:
    return pack("<BII", level, attribute, len(value)) + value + pack("<H", sum(value) & 0xFFFF)


def _text_property(name: int, text: str) -> bytes:
    value = (text + "\0").encode("utf-16-le")
    return pack("<HHII", 0x001F, name, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def package() -> bytes:
    """Build a winmail.dat with a text and two files, one named by its properties."""
    named = _text_property(0x3707, "Zażółć.txt") + pack("<HHI", 0x0003, 0x3705, 1)
    return (
        pack("<IH", 0x223E9F78, 1)
        + _object(1, 0x0002800C, b"It is broken.\0")
        + _object(2, 0x00069002, b"\0" * 14)
        + _object(2, 0x00018010, b"plan.pdf\0")
        + _object(2, 0x0006800F, b"%PDF-1.4")
        + _object(2, 0x00069002, b"\0" * 14)
        + _object(2, 0x00018010, b"ZAZ~1.TXT\0")
        + _object(2, 0x0006800F, b"words")
        + _object(2, 0x00069005, pack("<I", 2) + named)
    )


def _der(tag: int, value: bytes) -> bytes:
    length = len(value)
    head = bytes((length,)) if length < 128 else b"\x82" + length.to_bytes(2, "big")
    return bytes((tag,)) + head + value


def signed(content: bytes) -> bytes:
    """Build a SignedData around content, cut into two octet strings as OpenSSL streams it."""
    octets = _der(0x24, _der(0x04, content[:7]) + _der(0x04, content[7:]))
    inner = _der(0x30, _der(0x06, bytes.fromhex("2a864886f70d010701")) + _der(0xA0, octets))
    body = _der(0x30, b"\x02\x01\x01" + _der(0x31, b"") + inner + _der(0x31, b""))
    return _der(0x30, _der(0x06, bytes.fromhex("2a864886f70d010702")) + _der(0xA0, body))


def mixed(*parts: bytes) -> Mail:
    """Parse a multipart/mixed of these parts."""
    head = b"From: a@b.c\nSubject: s\nContent-Type: multipart/mixed; boundary=c\n\n"
    return parse(head + b"".join(b"--c\n" + part + b"\n" for part in parts) + b"--c--\n")


def test_winmail_dat_is_unpacked() -> None:
    """Its files become attachments under their long names, its words the text where there is none."""
    found = mixed(
        b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: binary\n\n" + package()
    )
    assert found.text == "It is broken."
    assert [(one.filename, one.content_type, one.content) for one in found.attachments] == [
        ("plan.pdf", "application/pdf", b"%PDF-1.4"),
        ("Zażółć.txt", "text/plain", b"words"),
    ]


def test_a_broken_winmail_dat_is_kept_as_it_came() -> None:
    """What cannot be unpacked stays a file."""
    assert [
        one.filename for one in mixed(b"Content-Type: application/ms-tnef; name=winmail.dat\n\nxx").attachments
    ] == ["winmail.dat"]


@given(st.data())
def test_any_damage_to_a_package_is_survived(data: st.DataObject) -> None:
    """A package cut or overwritten anywhere is read as far as it goes."""
    whole = package()
    place = data.draw(st.integers(0, len(whole)))
    read_tnef(whole[:place] + data.draw(st.binary(max_size=8)) + whole[place + 4 :])


def test_an_opaque_signature_is_read() -> None:
    """The message inside smime.p7m is the text; the signature stays a file."""
    content = signed(b"Content-Type: text/plain\r\n\r\nIt is broken.")
    found = parse(b"From: a@b.c\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\n" + content)
    assert found.text == "It is broken."
    assert [one.filename for one in found.attachments] == ["smime.p7m"]


@given(st.binary(max_size=200))
def test_any_bytes_have_a_signed_content_or_none(raw: bytes) -> None:
    """No bytes make the reader of signatures fail."""
    signed_content(raw)
    signed_content(signed(b"x" * 20)[:60] + raw)


CALENDAR = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
DTSTART:19700101T000000
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Printer\\, second
 floor
DTSTART;TZID=Europe/Warsaw:20240102T100000
DTEND:20240102T100000Z
LOCATION:Room 1
ORGANIZER;CN=Anna:mailto:anna@x.org
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_is_summarised() -> None:
    """An invitation says what, when, where and who in the text, and stays a file."""
    summary = "Invitation: Printer, secondfloor\nWhen: 2024-01-02 10:00 (Europe/Warsaw) - 2024-01-02 10:00 UTC"
    assert summarise(CALENDAR) == summary + "\nWhere: Room 1\nOrganizer: Anna <anna@x.org>"
    found = mixed(b"\nPlease come.", b"Content-Type: text/calendar; method=REQUEST\n\n" + CALENDAR.encode())
    assert found.text.startswith("Please come.\n\nInvitation: Printer")
    assert found.attachments[0].content_type == "text/calendar"


@given(st.text(max_size=200))
def test_any_calendar_is_read(text: str) -> None:
    """No text makes the calendar reader fail."""
    summarise("BEGIN:VEVENT\nSUMMARY:x\nDTSTART:" + text)


def test_the_resource_fork_of_a_mac_file_is_left_out() -> None:
    """Of an Apple double the data fork is the file."""
    double = (
        b"Content-Type: multipart/appledouble; boundary=d\n\n--d\n"
        b"Content-Type: application/applefile; name=a.pdf\n\nfork\n"
        b"--d\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n--d--"
    )
    assert [one.content for one in mixed(b"\nhi", double).attachments] == [b"%PDF"]


def test_pgp_mime_is_kept_whole_and_said_so() -> None:
    """Encrypted parts stay files, and a defect tells why there is no text."""
    raw = (
        b"From: a@b.c\nContent-Type: multipart/encrypted; protocol=application/pgp-encrypted; boundary=c\n\n"
        b"--c\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
        b"--c\nContent-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN PGP MESSAGE-----\n--c--\n"
    )
    found = parse(raw)
    assert found.text == ""
    assert found.attachments[1].filename == "encrypted.asc"
    assert any("pgp" in defect for defect in found.defects)


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: x\nContent-Type: text/html\n\n&#" + b"9" * 5_000 + b";",
        b'Subject: x\nContent-Type: text/html\n\n<p title="&#' + b"9" * 5_000 + b';">x',
        b"Subject: =?utf-7?q?+2AA-?=\nContent-Type: text/plain; charset=utf-7\n\n+2AA-",
    ],
)
def test_values_that_python_refuses_are_replaced(raw: bytes) -> None:
    """Numbers too long to convert and lone surrogates end as replacement characters."""
    found = parse(raw)
    (found.subject + found.text + (found.html or "")).encode()
