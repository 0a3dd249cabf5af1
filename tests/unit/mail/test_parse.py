"""parse: any bytes become a Mail, and a well-formed message becomes the right one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.mail.limits import Limits
from mailgateway.mail.model import Address
from mailgateway.mail.parse import looks_like_mail, parse

HEAD = (
    b"From: Jan Kowalski <jan@example.pl>\r\nTo: help@example.com\r\nSubject: Printer\r\n"
    b"Message-ID: <a1@example.pl>\r\n"
)

MULTIPART = b"Content-Type: multipart/mixed; boundary=cut\n\n--cut\n%s\n--cut--\n"


def mail(fields: bytes, body: bytes) -> bytes:
    """Put a message together from extra header fields and a body."""
    return HEAD + fields + b"\r\n" + body


def multipart(subtype: str, *parts: bytes) -> bytes:
    """Put a multipart message together."""
    inner = b"".join(b"--cut\r\n" + part + b"\r\n" for part in parts)
    return mail(f"Content-Type: multipart/{subtype}; boundary=cut\r\n".encode(), inner + b"--cut--\r\n")


PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello <b>you</b></p>"


def test_a_simple_message_is_read_whole() -> None:
    """Header fields and text of an ordinary message arrive as values."""
    found = parse(
        mail(b"Date: Tue, 02 Jan 2024 10:00:00 +0100\r\nReferences: <x@y>\r\n <z@y>\r\n", b"It is broken.\r\n")
    )
    assert found.sender == Address("Jan Kowalski", "jan@example.pl")
    assert found.to == (Address("", "help@example.com"),)
    assert found.subject == "Printer"
    assert found.message_id == "a1@example.pl"
    assert found.references == ("x@y", "z@y")
    assert found.date == datetime(2024, 1, 2, 9, 0, tzinfo=UTC)
    assert found.text == "It is broken."
    assert found.html is None
    assert found.defects == ()


def test_alternatives_give_their_plain_text_and_their_html_once() -> None:
    """Of two forms of the same words the plain one is the text and the HTML one is shown."""
    found = parse(multipart("alternative", PLAIN, HTML))
    assert found.text == "Hello"
    assert found.html == "<p>Hello <b>you</b></p>"
    assert found.attachments == ()


def test_an_empty_plain_part_gives_way_to_the_html() -> None:
    """A blank text part beside a full HTML part does not make the text blank."""
    found = parse(multipart("alternative", b"Content-Type: text/plain\r\n\r\n \r\n", HTML))
    assert found.text == "Hello you"


def test_texts_of_a_mixed_message_are_joined_in_order() -> None:
    """A text, an image and another text give both texts in order and the image as attachment."""
    image = b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo="
    found = parse(multipart("mixed", PLAIN, image, b"\r\nBye"))
    assert found.text == "Hello\n\nBye"
    assert [(one.filename, one.content_type) for one in found.attachments] == [("a.png", "image/png")]


def test_an_attached_mail_stays_out_of_the_text() -> None:
    """A message/rfc822 part is an .eml file named by its subject, and its words are not mixed into the body."""
    inner = b"Content-Type: message/rfc822\r\n\r\nFrom: x@y.z\r\nSubject: Old story\r\n\r\nsecret words"
    found = parse(multipart("mixed", PLAIN, inner))
    assert found.text == "Hello"
    assert found.attachments[0].filename == "Old story.eml"
    assert b"secret words" in found.attachments[0].content


def test_an_inline_image_is_tied_by_its_content_id() -> None:
    """An image with a Content-ID is inline and keeps the id without brackets."""
    image = b"Content-Type: image/png\r\nContent-ID: <pic@x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo="
    one = parse(multipart("related", HTML, image)).attachments[0]
    assert (one.inline, one.content_id, one.filename) == (True, "pic@x", "attachment-1.png")


@pytest.mark.parametrize(
    ("fields", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-1\r\n", "Grüße".encode(), "Grüße"),
        (
            b"Content-Type: text/plain; charset=iso-8859-2\r\n",
            "za\u017c\u00f3\u0142\u0107 \u201d".encode("cp1250"),
            "zażółć ”",
        ),
        (b"Content-Type: text/plain; charset=gb2312\r\n", "镕你好".encode("gb18030"), "镕你好"),
        (b"Content-Type: text/plain; charset=iso-2022-jp\r\n", "こんにちは".encode("iso2022_jp"), "こんにちは"),
        (b"Content-Type: text/plain; charset=iso-2022-jp\r\n", b"\x1b$B-!\x1b(B", "①"),
        (b"Content-Type: text/plain; charset=utf-7\r\n", b"Hi +AOk-", "Hi é"),
        (b"Content-Type: text/plain; charset=utf-16\r\n", "Hej hej".encode("utf-16-le"), "Hej hej"),
        (b"Content-Type: text/plain; charset=iso-8859-8-i\r\n", "שלום".encode("iso8859-8"), "שלום"),
        (b"Content-Type: text/plain; charset=nonsense\r\n", "Zażółć".encode(), "Zażółć"),
        (b"", "Grüße".encode("cp1252"), "Grüße"),
        (
            b"",
            "Ваш заказ не пришёл, когда ждать доставку?".encode("cp1251"),
            "Ваш заказ не пришёл, когда ждать доставку?",
        ),
        (b"Content-Transfer-Encoding: quoted-printable\r\n", b"a=20b=\r\nc =ZZ", "a bc =ZZ"),
        (b"Content-Transfer-Encoding: base64\r\n", b"SGVs!bG8gd29ybGQh", "Hello world!"),
        (b"Content-Transfer-Encoding: base64\r\n", b"Sorry, this is plain text.", "Sorry, this is plain text."),
        (b"Content-Type: text/plain; format=flowed; delsp=yes\r\n", b"one \r\ntwo\r\n> q \r\n> r", "onetwo\n> qr"),
        (b"Content-Type: text/plain; charset=iso-2022-jp\r\n", "エラー".encode(), "エラー"),
        (b"", b"nul\x00s", "nuls"),
        (b"", b"bare\rCR", "bare\nCR"),
    ],
)
def test_texts_are_read_whatever_the_label_says(fields: bytes, body: bytes, text: str) -> None:
    """Charsets and transfer encodings are undone as they were meant, not as they were labelled."""
    assert parse(mail(fields, body)).text == text


def test_raw_eight_bit_fields_take_the_charset_of_the_body() -> None:
    """A subject in raw Latin-2 is read with the charset that the body names."""
    raw = "Subject: Zażółć gęślą\r\nContent-Type: text/plain; charset=iso-8859-2\r\n\r\nx".encode("iso8859-2")
    assert parse(raw).subject == "Zażółć gęślą"


def test_an_unreadable_date_is_taken_from_received() -> None:
    """Where the Date field is broken the lowest readable Received stamp counts, and a defect says so."""
    found = parse(mail(b"Received: from a by b; Tue, 2 Jan 2024 10:00:00 +0000\r\nDate: yesterday\r\n", b"x"))
    assert found.date == datetime(2024, 1, 2, 10, 0, tzinfo=UTC)
    assert "Date unreadable, taken from Received" in found.defects


def test_lines_of_an_old_mac_are_read() -> None:
    """A message whose lines end with a bare CR is the same message."""
    raw = multipart("alternative", PLAIN, HTML)
    assert parse(raw.replace(b"\r\n", b"\r")) == parse(raw)
    assert looks_like_mail(raw.replace(b"\r\n", b"\r")) is None


def test_a_uuencoded_file_in_the_text_becomes_an_attachment() -> None:
    """A uuencoded block leaves the text and is kept under its own name."""
    found = parse(mail(b"", b"see\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nbye\r\n"))
    assert found.attachments[0].filename == "cat.txt"
    assert found.attachments[0].content == b"Cat"
    assert "begin" not in found.text
    assert "bye" in found.text


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b'Content-Disposition: attachment; filename="C:\\\\Temp\\\\r.pdf"', "r.pdf"),
        (b"Content-Disposition: attachment; filename*=utf-8''za%C5%BC.pdf", "zaż.pdf"),
        (b"Content-Disposition: attachment; filename*0*=utf-8''za%C5; filename*1*=%BC; filename*2=.pdf", "zaż.pdf"),
        (b"Content-Disposition: attachment; filename==?utf-8?Q?za=C5=BC.pdf?=", "zaż.pdf"),
        (b"Content-Disposition: attachment; filename=my file.pdf", "my file.pdf"),
        ("Content-Disposition: attachment; filename=a\u202efdp.exe".encode(), "a fdp.exe"),
        (b"Content-Disposition: attachment; filename=../../etc/passwd", "passwd"),
        (b"Content-Disposition: attachment", "attachment-1.pdf"),
    ],
)
def test_file_names_are_decoded_and_made_safe(field: bytes, name: str) -> None:
    """Names come out of every encoding that is sent, without path or direction marks; nameless files get one."""
    found = parse(multipart("mixed", b"Content-Type: application/pdf\r\n" + field + b"\r\n\r\n%PDF-1.4"))
    assert found.attachments[0].filename == name


def test_the_content_corrects_a_type_that_says_nothing() -> None:
    """An octet-stream that is a PNG is called one."""
    part = b"Content-Type: application/octet-stream; name=shot\r\n\r\n\x89PNG\r\n\x1a\n"
    assert parse(multipart("mixed", part)).attachments[0].content_type == "image/png"


def test_a_missing_boundary_parameter_is_guessed() -> None:
    """A multipart that names no boundary is opened by the first line that looks like one."""
    body = b"--xx\r\nContent-Type: text/plain\r\n\r\nHello\r\n--xx--\r\n"
    assert parse(mail(b"Content-Type: multipart/mixed\r\n", body)).text == "Hello"


def test_a_truncated_multipart_keeps_its_last_part() -> None:
    """Without the closing boundary the last part reaches to the end."""
    body = b"--xx\r\nContent-Type: text/plain\r\n\r\nHello"
    assert parse(mail(b"Content-Type: multipart/mixed; boundary=xx\r\n", body)).text == "Hello"


def test_a_lost_content_type_is_found_in_the_body() -> None:
    """A message without Content-Type whose body shows boundaries is read as the multipart it was."""
    body = b"MIME follows\r\n\r\n--xx\r\nContent-Type: text/plain\r\n\r\nHello\r\n--xx--\r\n"
    assert parse(mail(b"", body)).text == "Hello"


def test_what_lies_beyond_the_limits_is_kept() -> None:
    """Parts, depth and text beyond a limit are attached and named in the defects."""
    parts = parse(multipart("mixed", *[b"\r\nword%d" % number for number in range(6)]), Limits(parts=3))
    assert b"word5" in parts.attachments[-1].content
    assert any("parts" in defect for defect in parts.defects)
    inner = b"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\ndeep\r\n--in--"
    deep = parse(multipart("mixed", inner), Limits(depth=1))
    assert b"deep" in deep.attachments[0].content
    text = parse(mail(b"", b"0123456789"), Limits(text_chars=4))
    assert text.text == "0123"
    assert text.attachments[0].content == b"0123456789"


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"just words", bytes(range(256)) * 40])
def test_what_is_no_mail_is_told_from_one(raw: bytes) -> None:
    """Bytes without a header field of a mail are none, and one line says why; they still parse."""
    reason = looks_like_mail(raw)
    assert reason
    assert "\n" not in reason
    parse(raw)


def test_a_mail_looks_like_one() -> None:
    """One known header field is enough."""
    assert looks_like_mail(b"Subject: x\n\nhello") is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_parse(raw: bytes) -> None:
    """Random bytes give a Mail whose texts can be written as UTF-8."""
    found = parse(raw)
    for text in (found.subject, found.text, *(value for _, value in found.headers)):
        text.encode()


FRAGMENTS = [
    b"From: ", b"To: ", b"Subject: ", b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: text/html\n",
    b"Content-Type: message/rfc822\n", b"\n", b"\r\n", b"\r", b"--b\n", b"--b--\n", b"--b", b" ", b"\t", b"<a@b>",
    b"=?utf-8?B?w", b"?=", b"=?x?q?", b"\xff", b"\x00", b'"', b"(", b"<", b";", b"name*0*=", b"<div>", b"</div>",
    b"<blockquote>", b"&#x110000;", b"> ", b"On ", b"wrote:\n", b"begin 644 x\n", b"end\n", b"Date: ", b"Received: ;",
    b"Content-Transfer-Encoding: base64\n", b"\x1b$B!",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=60))
def test_any_mixture_of_mail_like_pieces_parses(pieces: list[bytes]) -> None:
    """Pieces of messages in any order give a Mail."""
    found = parse(b"".join(pieces))
    (found.subject + found.text + (found.html or "")).encode()


@pytest.mark.parametrize(
    ("limits", "raw"),
    [
        (Limits(depth=1), MULTIPART % b"Content-Type: multipart/mixed; boundary=in\n\n--in\n\nx\n--in--"),
        (Limits(parts=1), MULTIPART % b"\nx\n--cut\n\ny"),
        (Limits(header_fields=1), b"Subject: x\nFrom: a@b.c\n\nx"),
        (Limits(field_bytes=10), b"Subject: twenty characters and more\n\nx"),
        (Limits(header_bytes=20), b"Subject: twenty characters and more\n\nx"),
        (Limits(addresses=1), b"To: a@b.c, d@e.f\n\nx"),
        (Limits(references=1), b"References: <1@x> <2@x>\n\nx"),
        (Limits(text_chars=10), b"Subject: x\n\ntwenty characters and more"),
        (Limits(html_chars=10), b"Content-Type: text/html\n\n<p>twenty characters</p>"),
        (Limits(html_tags=1), b"Content-Type: text/html\n\n<p>a<p>b<p>c"),
        (Limits(html_attributes=1), b"Content-Type: text/html\n\n<p " + b"a=b " * 3_000 + b">x"),
        (Limits(html_depth=1), b"Content-Type: text/html\n\n<div><div><b>x"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, Limits) else "",
)
def test_what_a_limit_cut_is_said(limits: Limits, raw: bytes) -> None:
    """Each limit says in the defects that it cut something, and cuts nothing of the same mail by default."""
    assert set(parse(raw, limits).defects) - set(parse(raw).defects)


def test_no_limit_loses_the_text_or_the_files() -> None:
    """What lies beyond a limit is kept as an attachment."""
    long = parse(b"Subject: x\n\ntwenty characters and more", Limits(text_chars=10))
    assert (long.text, long.attachments[0].content) == ("twenty cha", b"twenty characters and more")
    many = parse(MULTIPART % b"\nx\n--cut\n\ny", Limits(parts=1))
    assert b"y" in many.attachments[-1].content
