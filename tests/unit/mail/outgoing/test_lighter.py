"""A letter without its files: what stays, what goes, and what is said of it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from mailgateway.mail.model import Attachment
from mailgateway.mail.outgoing.compose import Outgoing, compose
from mailgateway.mail.outgoing.lighter import LeftOut, Lighter, Word, without_files
from mailgateway.mail.parse import parse
from tests.unit.mail.outgoing.test_compose import PLAIN, PNG, read

MARK = "ref:t10234.aaaaaaaaaaaaaaaaaaaa:ref"
MANUAL = Attachment("manual.pdf", "application/pdf", bytes(50_000))
PICTURE = Attachment("logo.png", "image/png", PNG + bytes(30_000), inline=True, content_id="logo@example.com")
WITH_FILE = replace(PLAIN, attachments=(MANUAL,))


def word(files: Sequence[LeftOut]) -> Word:
    """Name the files."""
    names = ", ".join(f"{file.filename} {file.size}" for file in files)
    return Word(f"Left out: {names}", f"<p>Left out: {names}</p>")


def lighter(mail: Outgoing, most: int | None = None) -> Lighter:
    """Return the mail without its files."""
    made = without_files(compose(mail), "new1@example.com", word, most)
    assert made is not None
    return made


def test_the_text_stays_and_the_files_are_named_below_it() -> None:
    """In plain text and on the page; every other field is as it was, and the id is the new one."""
    made = lighter(WITH_FILE)
    mail = read(made.content)
    assert made.left_out == (LeftOut("manual.pdf", 50_000),)
    assert not list(mail.iter_attachments())
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().split() == ["Hello", "Jan", "Left", "out:", "manual.pdf", "50000"]
    assert page.get_content().split("\r\n")[:2] == ["<p>Hello Jan</p>", "<p>Left out: manual.pdf 50000</p>"]
    fields, before = dict(mail.items()), dict(read(compose(WITH_FILE)).items())
    assert {name for name in before if fields[name] != before[name]} == {"Message-ID", "Content-Type"}
    assert (fields.keys(), fields["Message-ID"]) == (before.keys(), "<new1@example.com>")
    assert made == lighter(WITH_FILE), "the same work makes the same bytes"


def test_the_word_stands_above_mark_and_signature() -> None:
    """Mail programs leave signatures out of what they quote, and the mark is no part of the text."""
    text = f"Hello\n-- \nnot yet\n\n{MARK}\n\n-- \nBob\n"
    plain = parse(lighter(replace(WITH_FILE, text=text, html=None)).content).text
    assert plain.rstrip() == f"Hello\n-- \nnot yet\n\nLeft out: manual.pdf 50000\n\n{MARK}\n\n-- \nBob"


@pytest.mark.parametrize("text", [f"Hello\n\n{MARK}\n", f"{MARK}\n", ""])
def test_the_word_stands_above_a_mark_at_the_end(text: str) -> None:
    """Where there is no signature, too."""
    plain = parse(lighter(replace(WITH_FILE, text=text, html=None)).content).text.strip()
    assert plain.endswith("Left out: manual.pdf 50000" + (f"\n\n{MARK}" if text else ""))


def test_pictures_of_the_page_stay_where_they_fit() -> None:
    """They are part of the text; the files go first."""
    mail = replace(WITH_FILE, html='<body><img src="cid:logo@example.com"></body>', attachments=(PICTURE, MANUAL))
    for most in (None, 100_000):
        made = lighter(mail, most)
        assert made.left_out == (LeftOut("manual.pdf", 50_000),)
        assert b"image/png" in made.content
        assert b"Left out: manual.pdf 50000</p></body>" in made.content.replace(b"=\r\n", b"")


def test_without_room_for_pictures_the_plain_text_goes() -> None:
    """A page with holes in it would be no letter; all files are named."""
    mail = replace(WITH_FILE, html='<body><img src="cid:logo@example.com"></body>', attachments=(PICTURE, MANUAL))
    made = lighter(mail, 20_000)
    assert {file.filename for file in made.left_out} == {"logo.png", "manual.pdf"}
    assert b"text/html" not in made.content
    assert b"Hello Jan" in made.content


@pytest.mark.parametrize(
    ("mail", "most"), [(PLAIN, None), (WITH_FILE, 1_000), (replace(WITH_FILE, text="x" * 90_000), 50_000)]
)
def test_what_cannot_be_made_light_enough(mail: Outgoing, most: int | None) -> None:
    """A letter without files, or too large without them, fails as any that the server refuses."""
    assert without_files(compose(mail), "new1@example.com", word, most) is None


def test_a_signature_made_for_the_old_bytes_goes() -> None:
    """It would not verify; the letter is signed anew."""
    signed = b"DKIM-Signature: v=1; a=rsa-sha256;\r\n b=abc\r\n" + compose(WITH_FILE)
    made = without_files(signed, "new1@example.com", word, None)
    assert made is not None
    assert b"DKIM" not in made.content
    assert b"b=abc" not in made.content


def test_attached_mails_and_strange_names_are_named_in_one_line() -> None:
    """Whatever a stranger called a file."""
    attached = Attachment("a\r\nBcc: x@y.example.eml", "message/rfc822", compose(PLAIN))
    long = Attachment("n" * 500, "application/zip", b"x")
    made = lighter(replace(PLAIN, attachments=(attached, long)))
    assert len(made.left_out) == 2
    assert all(len(file.filename) <= 121 and "\n" not in file.filename for file in made.left_out)
