"""Which files of a mail are kept."""

import io
import time
import zipfile
from dataclasses import replace

import pytest

from mailgateway.desk.files.policy import NOTHING, FilePolicy, Refusal, policy_of
from mailgateway.desk.files.screening import judged, refused, screened, unscanned
from mailgateway.desk.incoming import files_of
from mailgateway.mail.model import Attachment
from tests.unit.desk.builders import make_mail

PDF = Attachment("plan.pdf", "application/pdf", b"%PDF-1.7 ...")
PNG = b"\x89PNG\r\n\x1a\n..."
USUAL = FilePolicy()


def why(file: Attachment, policy: FilePolicy = USUAL) -> str:
    """Return why a file is refused."""
    [looked_at] = screened(make_mail(attachments=(file,)), policy).attachments
    return looked_at.refused


def file(name: str, content: bytes = b"x", content_type: str = "application/octet-stream") -> Attachment:
    """Return a file."""
    return Attachment(name, content_type, content)


def packed(*names: str) -> bytes:
    """Return a ZIP archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as writer:
        for name in names:
            writer.writestr(name, b"x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("refused_file", "reason"),
    [
        (file("setup.exe"), "type .exe"),
        (file("invoice.pdf.js"), "type .js"),
        (file("photo.jpg.SCR "), "type .scr"),
        (file("tool.exe.gz"), "type .exe"),
        (file("files.zip", packed("readme.txt", "a/invoice.vbs")), "type .vbs"),
        (file("renamed.txt", packed("invoice.lnk"), "text/plain"), "type .lnk"),
        (file("picture.png", b"\x7fELF", "image/png"), "type application/x-executable"),
        (file("no-name", content_type="application/x-msdownload"), "type application/x-msdownload"),
        (file("evil.com", b"\xb4\x09", "message/rfc822"), "type .com"),
        (file("evil.com", b"\xb4\x09", "image/png"), "type .com"),
        (file("evil.exe", PNG, "image/png"), "type .exe"),
        (file("evil.com", PNG, "application/octet-stream"), "type .com"),
        (file("files.bin", b"x" + packed("evil.exe")), "type .exe"),
        (file("files.zip", b"PK\x03\x04" * 100_001 + packed("evil.exe")), "size"),
        (file("mail.eml", b"From: a@b.c\nSubject: x\nContent-Type: a/b; name=evil.exe\n\nx"), "type .exe"),
    ],
)
def test_programs_are_refused_however_they_call_themselves(refused_file: Attachment, reason: str) -> None:
    """By name, by what is in them, by their first bytes, or by their label."""
    assert why(refused_file) == reason


@pytest.mark.parametrize(
    "taken",
    [
        PDF,
        file("example.com.pdf"),
        file("log.txt", b"MZ begins this line of a log"),
        file("deploy.sh", b"#!/bin/sh\n"),
        file("files.zip", packed("a.txt", "exe")),
        file("Screenshot of example.com", PNG, "image/png"),
        file("Question about example.com", b"From: a@b.c\nSubject: x\n\nx", "message/rfc822"),
        file("report.docx", packed("word/document.xml", "[Content_Types].xml")),
    ],
)
def test_what_people_send_is_kept(taken: Attachment) -> None:
    """What only looks odd is no program."""
    assert why(taken) == ""


def test_a_desk_chooses_for_itself() -> None:
    """Endings and media types, beside the programs or in their place."""
    policy = policy_of(("iso", "video/*", "application/pdf"), None, None, is_scanned=False)
    assert why(file("disk.iso"), policy) == "type .iso"
    assert why(file("film.mp4", content_type="video/mp4"), policy) == "type video/mp4"
    assert why(PDF, policy) == "type application/pdf"
    assert why(file("setup.exe"), policy) == ""
    assert why(file("setup.exe"), policy_of(("programs", "iso"), None, None, is_scanned=False)) == "type .exe"
    assert why(file("setup.exe"), NOTHING) == ""


def test_a_file_that_is_too_large_is_left_out_alone() -> None:
    """The others stay."""
    mail = make_mail(attachments=(file("big.bin", b"x" * 11), PDF))
    looked_at = screened(mail, replace(USUAL, file_size=10 + PDF.size - 10))
    assert [one.refused for one in looked_at.attachments] == ["", ""]
    looked_at = screened(mail, replace(USUAL, file_size=10))
    assert [one.refused for one in looked_at.attachments] == ["size", "size"]


def test_of_too_many_files_those_stay_that_there_is_room_for() -> None:
    """In their order; what was refused takes no room."""
    files = (file("setup.exe", b"x" * 100), file("a", b"a" * 6), file("b", b"b" * 6), file("c", b"c" * 4))
    looked_at = screened(make_mail(attachments=files), replace(USUAL, mail_size=10))
    assert [one.refused for one in looked_at.attachments] == ["type .exe", "", "total", ""]


def test_what_is_refused_is_kept_as_a_name() -> None:
    """The article tells of it; nothing of its content is to be found."""
    mail = screened(make_mail(attachments=(PDF, file("setup.exe"))), USUAL)
    kept, left_out = files_of(mail)
    assert (kept.sha256, kept.refused) == (PDF.sha256, "")
    assert (left_out.filename, left_out.sha256, left_out.why, left_out.found) == ("setup.exe", "", "type", ".exe")


def test_a_scanner_has_its_say_about_each_file_that_is_kept() -> None:
    """The same content is looked at once, and what is refused already is not looked at."""
    mail = screened(make_mail(attachments=(PDF, replace(PDF, filename="copy.pdf"), file("setup.exe"))), USUAL)
    assert unscanned(mail) == (replace(PDF, filename="copy.pdf"),)
    found = judged(mail, {PDF.sha256: Refusal.INFECTED.about("Eicar")})
    assert [one.refused for one in refused(found)] == ["infected Eicar", "infected Eicar", "type .exe"]


def test_a_mail_of_which_nothing_is_refused_is_left_as_it_is() -> None:
    """Nothing is copied for nothing."""
    mail = make_mail(attachments=(PDF,))
    assert screened(mail, USUAL) is mail
    assert judged(mail, {PDF.sha256: ""}) is mail


def test_mails_without_end_in_a_mail_take_no_time() -> None:
    """A hundred are looked into, and the rest is left out; other files stay."""
    inner = b"".join(b"X-%d: y\r\n" % number for number in range(1_000)) + b"X-Name: z\r\n\r\n"
    mail = make_mail(attachments=(*(file(f"{number}.eml", inner) for number in range(999)), file("a.txt")))
    began = time.thread_time()
    found = screened(mail, USUAL)
    assert time.thread_time() - began < 1.8
    assert [one.refused == "" for one in found.attachments] == [*[True] * 100, *[False] * 899, True]
