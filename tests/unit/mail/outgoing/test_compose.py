"""Outgoing mail: the bytes that go over the wire."""

import base64
import email
import email.header
import email.policy
import email.utils
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mail.model import Address, Attachment
from mailgateway.mail.outgoing.compose import Outgoing, compose, recompose
from mailgateway.mail.outgoing.fields import addr_spec, encoded_words, one_line
from mailgateway.mail.parse import parse

PLAIN = Outgoing(
    message_id="abc234@example.com",
    date=datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=1))),
    sender=Address("Service desk", "support@example.com"),
    recipient=Address("Jan Nowak", "jan@example.org"),
    reply_to=Address("Service desk", "support+t10234.aaaaaaaaaaaaaaaaaaaa@example.com"),
    subject="Re: [#10234] Printer",
    text="Hello Jan\n",
    html="<p>Hello Jan</p>",
    automatic="no",
    marks="example.com",
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
ALWAYS = ["Message-ID", "Date", "From", "To", "Reply-To", "Subject", "X-Mailgateway", "MIME-Version", "Content-Type"]

texts = st.text(max_size=120) | st.text(alphabet="a \r\n\t\x00\x0b\x85\u2028=?<>@,;:\"'\\(ż", max_size=120)
hostile_addresses = texts.map(lambda text: text + "@example.org") | texts | st.emails()


def read(content: bytes) -> EmailMessage:
    """Read a mail with the modern parser of the standard library."""
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def names_of(content: bytes) -> list[str]:
    """Return the names of the header fields, as a server sees them: unfolded lines up to the first empty one."""
    head = content.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith(b" ")]


def test_the_program_is_named_where_that_is_wanted() -> None:
    """Every kind of letter, an answer and a lighter copy alike; by default nothing tells which program wrote it."""
    assert "User-Agent" not in names_of(compose(PLAIN))
    content = compose(replace(PLAIN, user_agent="mailgateway/1.2.3"))
    lighter = recompose(content, "other@example.com", "Hello\n", None, ())
    assert [read(one)["User-Agent"] for one in (content, lighter)] == ["mailgateway/1.2.3"] * 2


def test_an_answer_of_a_person() -> None:
    """What a person wrote carries no mark of an automatic mail; the date is in UTC."""
    content = compose(replace(PLAIN, in_reply_to="q1@example.org", references=("q0@example.org", "q1@example.org")))
    assert content.startswith(
        b"Message-ID: <abc234@example.com>\r\n"
        b"Date: Mon, 02 Mar 2026 08:30:00 +0000\r\n"
        b"From: Service desk <support@example.com>\r\n"
        b"To: Jan Nowak <jan@example.org>\r\n"
        b"Reply-To: Service desk <support+t10234.aaaaaaaaaaaaaaaaaaaa@example.com>\r\n"
        b"Subject: Re: [#10234] Printer\r\n"
        b"In-Reply-To: <q1@example.org>\r\n"
        b"References: <q0@example.org> <q1@example.org>\r\n"
        b"X-Mailgateway: example.com\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: multipart/alternative;"
    )


@pytest.mark.parametrize("automatic", ["auto-replied", "auto-generated"])
def test_an_automatic_mail_says_so(automatic: str) -> None:
    """Automatic mails ask autoresponders to keep silent (RFC 3834), and are no list mail."""
    message = read(compose(replace(PLAIN, automatic=automatic)))
    assert message["Auto-Submitted"] == automatic
    assert message["X-Auto-Response-Suppress"] == "All"
    assert not [name for name in message if name.lower().startswith(("list-", "precedence"))]


def test_how_to_unsubscribe_is_a_link_and_no_encoded_word() -> None:
    """Programs look for `<mailto:…>` in the bytes (RFC 2369); a signed address is longer than a line of a header."""
    address = f"support+t10001-never.{'q' * 40}@example.com"
    raw = compose(replace(PLAIN, unsubscribe=address))
    assert f"\r\nList-Unsubscribe: <mailto:{address}?subject=unsubscribe>\r\n".encode() in raw


def test_both_bodies_are_alternatives() -> None:
    """The plain text comes first, the HTML last, both come back as they were."""
    message = read(compose(replace(PLAIN, text="Zażółć\r\ngęślą\rjaźń = 1 \n.\n", html="<p>ąęść</p>")))
    assert message.get_content_type() == "multipart/alternative"
    plain, page = message.iter_parts()
    assert plain.get_content() == "Zażółć\r\ngęślą\r\njaźń = 1 \r\n.\r\n"
    assert page.get_content() == "<p>ąęść</p>\r\n"


def test_without_html_the_text_stands_alone() -> None:
    """A mail of one part has no multipart around it."""
    message = read(compose(replace(PLAIN, html=None)))
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == "Hello Jan\r\n"


def test_text_of_another_script_is_base64() -> None:
    """Where quoted-printable would triple the size, base64 is taken."""
    message = read(compose(replace(PLAIN, html=None, text="こんにちは" * 50)))
    assert message["Content-Transfer-Encoding"] == "base64"
    assert message.get_content() == "こんにちは" * 50 + "\r\n"


def test_attachments_go_along() -> None:
    """Files come back byte for byte with their names, whatever their type claims to be."""
    files = (
        Attachment("report.pdf", "application/pdf", b"%PDF-1.7\n\x00\xff"),
        Attachment('Zażółć "gęślą".txt', "text/plain", b"a\n"),
        Attachment("b" * 150 + "ż.bin", "no type\r\nBcc: x@example.net", b""),
        Attachment("forwarded.eml", "message/rfc822", b"Subject: inner\n\nbody"),
        Attachment("", "multipart/mixed", b"x"),
    )
    message = read(compose(replace(PLAIN, attachments=files)))
    assert message.get_content_type() == "multipart/mixed"
    parts = list(message.iter_attachments())
    assert [part.get_filename("") for part in parts] == [file.filename for file in files]
    assert [part.get_payload(decode=True) for part in parts] == [file.content for file in files]
    assert [part.get_content_type() for part in parts] == [
        "application/pdf",
        "text/plain",
        *("application/octet-stream",) * 3,
    ]
    assert message["Bcc"] is None
    parsed = parse(compose(replace(PLAIN, attachments=files[:4])))
    assert [found.content for found in parsed.attachments] == [file.content for file in files[:4]]


@pytest.mark.parametrize("size", [1, 56, 57, 58, 114, 57 * 1024 - 1, 57 * 1024, 57 * 1024 + 1, 3 * 57 * 1024])
def test_files_are_encoded_as_by_the_standard_library(size: int) -> None:
    """Lines of 76 characters, whatever is put together at once."""
    content = bytes(place * 7 % 251 for place in range(size))
    composed = compose(replace(PLAIN, attachments=(Attachment("x.bin", "application/octet-stream", content),)))
    assert b"\r\n\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n") + b"\r\n--" in composed


def test_images_that_the_html_shows_stand_beside_it() -> None:
    """An image named by a cid: of the HTML is related to it; every other file is an attachment."""
    shown = Attachment("logo.png", "image/png", PNG, inline=True, content_id="logo&1@x")
    other = Attachment("photo.png", "image/png", PNG, inline=True, content_id="photo@x")
    page = '<img src="cid:logo&amp;1@x"><img src="cid:missing@x">'
    message = read(compose(replace(PLAIN, html=page, attachments=(other, shown))))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/png",
    ]
    images = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert [image["Content-ID"] for image in images] == ["<logo&1@x>", "<photo@x>"]
    assert [image.get_content_disposition() for image in images] == ["inline", "attachment"]


def test_the_same_value_gives_the_same_bytes() -> None:
    """A retry sends exactly the same mail."""
    file = Attachment("a.txt", "text/plain", b"a")
    assert compose(replace(PLAIN, attachments=(file,))) == compose(replace(PLAIN, attachments=(file,)))


def test_references_are_kept_short() -> None:
    """The first id and the last nine are kept, in their order and once each; the parent is the last."""
    known = tuple(f"{n}@example.org" for n in range(40))
    message = read(compose(replace(PLAIN, references=(*known, "7@example.org"), in_reply_to="39@example.org")))
    kept = message["References"].split()
    assert kept == [f"<{n}@example.org>" for n in (0, 32, 33, 34, 35, 36, 37, 38, 7, 39)]


def test_long_references_keep_within_bounds() -> None:
    """Ids of any length never make a long header; the nearest ones win."""
    known = tuple(f"{n}{'x' * 300}@example.org" for n in range(9))
    message = read(compose(replace(PLAIN, references=known)))
    kept = message["References"].split()
    assert sum(map(len, kept)) <= 1_500
    assert kept[0] == f"<{known[0]}>"
    assert kept[-1] == f"<{known[-1]}>"


def test_a_utf8_address_is_kept() -> None:
    """An internationalised address goes out as it is (RFC 6532), its name still in encoded words."""
    content = compose(replace(PLAIN, recipient=Address("Żaneta", "żaneta@przykład.pl")))
    assert "<żaneta@przykład.pl>".encode() in content
    assert parse(content).to == (Address("Żaneta", "żaneta@przykład.pl"),)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("jan@example.org", "jan@example.org"),
        ('"Jan Nowak"@example.org', '"Jan Nowak"@example.org'),
        ("jan nowak@example.org", '"jan nowak"@example.org'),
        ('"a\\"b"@example.org', '"a\\"b"@example.org'),
        ("a>, <evil@example.net>@example.org", '"a>, <evil@example.net>"@example.org'),
        ("jan@example.org>\r\nBcc: <evil", "jan@example.orgBcc:evil"),
        ("postmaster@[192.0.2.1]", "postmaster@[192.0.2.1]"),
    ],
)
def test_an_address_stays_one_address(written: str, sent: str) -> None:
    """What could end an address or begin another one is quoted or dropped."""
    assert addr_spec(written) == sent


@given(texts, texts, texts, hostile_addresses, texts)
def test_no_value_adds_a_field(subject: str, name: str, identity: str, address: str, filename: str) -> None:
    """Whatever stands in the values, the header has exactly the fields of its kind, in short 7-bit lines."""
    person = Address(name, address)
    content = compose(
        replace(
            PLAIN,
            sender=person,
            recipient=person,
            reply_to=person,
            subject=subject,
            marks=name,
            automatic="auto-replied",
            message_id=identity,
            in_reply_to=identity,
            references=(identity, subject, name),
            text=subject,
            attachments=(Attachment(filename, name, b"x", inline=True, content_id=identity),),
        )
    )
    wanted = {*ALWAYS, "Auto-Submitted", "X-Auto-Response-Suppress"}
    assert sorted(set(names_of(content)) - {"In-Reply-To", "References"}) == sorted(wanted)
    assert len(names_of(content)) == len(set(names_of(content)))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\x00" not in content
    assert max(map(len, content.split(b"\r\n"))) < 998
    assert content.isascii() or not address.isascii()
    message = read(content)
    assert [part.get_content_type() for part in message.walk()][:2] == ["multipart/mixed", "multipart/alternative"]
    assert len(list(message.iter_attachments())) == 1


@given(texts, texts)
def test_subjects_and_names_come_back(subject: str, name: str) -> None:
    """Any subject and any name is read back the same, but for white space and what no header can carry."""
    content = compose(replace(PLAIN, subject=subject, recipient=Address(name, "jan@example.org")))
    assert read(content)["Subject"] == one_line(subject)
    recipient = email.message_from_bytes(content)["To"]
    [(display, address)] = email.utils.getaddresses([recipient])
    assert str(email.header.make_header(email.header.decode_header(display))) == one_line(name)
    assert address == "jan@example.org"


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cf")), max_size=100))
def test_our_own_parser_agrees(word: str) -> None:
    """What we write we read: subject, name, file name and text."""
    subject, name = f"a {word}- b", f"x {word}- y"
    file = Attachment("report.pdf", "application/pdf", b"%PDF-")
    person = Address(name, "jan@example.org")
    mail = parse(compose(replace(PLAIN, subject=subject, recipient=person, attachments=(file,))))
    assert mail.subject == subject
    assert mail.to == (person,)
    assert mail.message_id == PLAIN.message_id
    assert [found.filename for found in mail.attachments] == ["report.pdf"]
    assert mail.date == PLAIN.date.astimezone(UTC)


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_encoded_words_are_short_and_whole(text: str) -> None:
    """No encoded word is longer than RFC 2047 allows, and each one decodes by itself."""
    words = encoded_words(text)
    assert max(map(len, words)) <= 75
    decoded = [email.header.decode_header(word)[0][0] for word in words]
    assert "".join(piece.decode("utf-8") for piece in decoded if isinstance(piece, bytes)) == text


def test_a_mail_goes_along_as_a_mail_where_it_may_stand_as_it_is() -> None:
    """Mail programs open it as one. Eight-bit bytes, long lines and lone line ends make it a file, byte for byte."""
    for content, kind in (
        (b"Subject: inner\r\n\r\nbody\r\n", "message/rfc822"),
        ("Subject: inner\r\n\r\nżółć\r\n".encode(), "application/octet-stream"),
        (b"Subject: inner\r\n\r\n" + b"x" * 999, "application/octet-stream"),
        (b"Subject: inner\r\n\r\n" + b"x" * 998, "message/rfc822"),
        (b"Subject: inner\n\nbody\n", "application/octet-stream"),
        (b"Subject: inner\r\n\r\nbo\rdy\r\n", "application/octet-stream"),
        (b"Subject: inner\r\n\r\nbo\0dy\r\n", "application/octet-stream"),
    ):
        [part] = read(
            compose(replace(PLAIN, attachments=(Attachment("mail.eml", "message/rfc822", content),)))
        ).iter_attachments()
        assert (part.get_content_type(), part.get_filename()) == (kind, "mail.eml")
        [found] = parse(
            compose(replace(PLAIN, attachments=(Attachment("mail.eml", "message/rfc822", content),)))
        ).attachments
        assert found.content.rstrip() == content.rstrip()


def test_a_large_file_of_long_lines_is_composed_in_no_time() -> None:
    """Letters are written while others wait for the database, one for each member of a group."""
    content = (b"a" * 998 + b"\r\n") * 2_000
    for kind in ("text/plain", "message/rfc822"):
        began = time.thread_time()
        compose(replace(PLAIN, attachments=(Attachment("lines", kind, content),)))
        assert time.thread_time() - began < 1
