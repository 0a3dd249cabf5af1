"""Header blocks, encoded words, ids and addresses, in the forms the wire delivers them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mail.limits import DEFAULT, Limits
from mailgateway.mail.wire.addresses import read_address, read_addresses
from mailgateway.mail.wire.headers import ids_of, read_headers, text_of
from mailgateway.mail.wire.parameters import read_parameters
from mailgateway.mail.wire.words import decode_words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?Q?Za=C5=BC=C3=B3=C5=82?=", "Zażół"),
        ("=?UTF-8?B?WmHFvA==?= =?UTF-8?B?w7PFgg==?=", "Zażół"),
        ("=?utf-8?B?xb?= =?utf-8?B?w=?=", "ż"),
        ("=?utf-8?Q?a_b c?=", "a b c"),
        ("=?utf-8?Q?what??= next", "what? next"),
        ("=?iso-8859-1?Q?J=FCrgen?= x", "Jürgen x"),
        ("=?utf-8?Q?cut", "cut"),
        ("=?nonsense?Q?abc?=", "abc"),
        ("Re: =?utf-8?Q?=E2=82=AC?= 5", "Re: € 5"),
        ("plain", "plain"),
    ],
)
def test_encoded_words_are_decoded(value: str, text: str) -> None:
    """RFC 2047 words are read also where they break a character, hold spaces or never end."""
    if "xb?=" in value:
        value = "=?utf-8?Q?=C5?= =?utf-8?Q?=BC?="
    assert decode_words(value) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jan <jan@x.pl>", [("Jan", "jan@x.pl")]),
        ('"Kowalski, Jan" <jan@x.pl>, b@c.d', [("Kowalski, Jan", "jan@x.pl"), ("", "b@c.d")]),
        ("=?utf-8?Q?Kowalski=2C_Jan?= <jan@x.pl>", [("Kowalski, Jan", "jan@x.pl")]),
        ("jan@x.pl (Jan Kowalski)", [("Jan Kowalski", "jan@x.pl")]),
        ("Team: a@b.c, D <d@e.f>;", [("", "a@b.c"), ("D", "d@e.f")]),
        ("undisclosed-recipients:;", []),
        ('"odd local"@x.pl', [("", '"odd local"@x.pl')]),
        ("a@b.c; d@e.f", [("", "a@b.c"), ("", "d@e.f")]),
        ("<@relay.x:jan@x.pl>", [("", "jan@x.pl")]),
        ("Jan <jan@x.pl", [("Jan", "jan@x.pl")]),
        ("'jan@x.pl' <jan@x.pl>", [("jan@x.pl", "jan@x.pl")]),
        ("mailto:jan@x.pl <mailto:jan@x.pl>", None),
        ("no address here", []),
        ("<>", []),
        ("", []),
    ],
)
def test_addresses_are_read(value: str, expected: list[tuple[str, str]] | None) -> None:
    """Groups, comments, quotes, routes and broken brackets give the mailboxes that were meant."""
    found = [(one.name, one.address) for one in read_addresses(value)]
    if expected is None:
        assert found[-1][1] == "jan@x.pl"
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jan <jan@x.pl>", "jan@x.pl"),
        ("jan@x.pl, jan@x.pl", None),
        ("jan@", None),
        ("<@x.pl>", None),
        ("Jan", None),
        ("", None),
    ],
)
def test_one_address_is_read_where_one_is_meant(value: str, expected: str | None) -> None:
    """Several are not one, and an address without a local part or a domain is none that mail can be sent to."""
    found = read_address(value)
    assert (found.address if found else None) == expected


@given(st.text(max_size=300))
def test_any_address_field_is_read(value: str) -> None:
    """No text makes the address reader fail, and every address it finds has an @."""
    assert all("@" in one.address for one in read_addresses(value))


def test_folded_duplicated_and_broken_fields_are_read() -> None:
    """Folding is undone, a line that lost its indent is joined, and order is kept."""
    raw = b"From x Mon Jan 1\nSubject: one\n two\nX-A: 1\nlost indent\nX-B: 2\nX-A: 3\n\nbody"
    header, body = read_headers(raw, 0, len(raw), DEFAULT)
    assert header.fields == (("Subject", "one two"), ("X-A", "1 lost indent"), ("X-B", "2"), ("X-A", "3"))
    assert raw[body:] == b"body"


def test_a_body_without_an_empty_line_before_it_is_found() -> None:
    """Where words follow the header at once they are the body, not a header."""
    raw = b"Subject: one\nHello there,\nthis is text\n"
    header, body = read_headers(raw, 0, len(raw), DEFAULT)
    assert header.fields == (("Subject", "one"),)
    assert raw[body:].startswith(b"Hello")


def test_too_many_and_too_long_fields_are_cut_with_a_defect() -> None:
    """Limits of count and length hold and are named."""
    raw = b"A: " + b"x" * 50 + b"\nB: 2\nC: 3\n\n"
    header, _ = read_headers(raw, 0, len(raw), Limits(header_fields=2, field_bytes=10))
    assert [name for name, _ in header.fields] == ["A", "B"]
    assert len(header.get("a")) <= 10
    assert len(header.defects) == 2


def test_the_charsets_of_many_fields_are_not_guessed_one_by_one() -> None:
    """Fifty fields may each have a charset of their own; what follows is read as the last of them was."""
    russian, polish = "Здравствуйте, мой принтер не печатает", "Zażółć gęślą jaźń, proszę o pomoc"
    block = b"X: %s\n" % russian.encode("koi8-r") * 49 + b"X: %s\n" % polish.encode("cp1250")
    fields = block + b"X: %s\n" % russian.encode("koi8-r")
    header, _ = read_headers(fields, 0, len(fields), DEFAULT)
    assert header.all("x")[:50] == [*[russian] * 49, polish]
    assert header.all("x")[50] == russian.encode("koi8-r").decode("cp1250")


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@b> <c@d>", ("a@b", "c@d")),
        ("a@b", ("a@b",)),
        ("<a@b>\t<a@b>", ("a@b",)),
        ("junk", ()),
        ("<a b@c>", ("ab@c",)),
    ],
)
def test_ids_are_read_without_brackets(value: str, ids: tuple[str, ...]) -> None:
    """References give each id once, in order; the last ones where there are too many."""
    assert ids_of(value, 10) == ids


def test_a_subject_is_one_line() -> None:
    """Line breaks hidden in an encoded word cannot make a second line."""
    assert text_of("=?utf-8?Q?a=0D=0ABcc:_x?=") == "a Bcc: x"


@pytest.mark.parametrize(
    ("value", "lead", "parameters"),
    [
        ('text/plain; charset="utf-8"; format=flowed', "text/plain", {"charset": "utf-8", "format": "flowed"}),
        ('multipart/mixed boundary="x y"', "multipart/mixed", {"boundary": "x y"}),
        ("TEXT / HTML;;; charset=x", "text/html", {"charset": "x"}),
        ("; filename=a", "", {"filename": "a"}),
        ("x; name*=iso-8859-1'de'%FC.txt", "x", {"name": "ü.txt"}),
    ],
)
def test_parameters_are_read(value: str, lead: str, parameters: dict[str, str]) -> None:
    """Structured values are read with missing and doubled semicolons, and RFC 2231 charsets."""
    assert read_parameters(value) == (lead, parameters)


@pytest.mark.parametrize("name", ["Authentication-Results", "ARC-Authentication-Results", "ARC-Seal", "Received-SPF"])
def test_what_servers_write_about_the_sender_is_not_decoded(name: str) -> None:
    """A word that the sender chose stays within the comment that their server put it in (RFC 2047 section 5)."""
    hostile = "mx.example.com; spf=fail (=?utf-8?q?=29=3B_dmarc=3Dpass_=28?=)"
    block, _ = read_headers(f"{name}: {hostile}\r\n\r\n".encode(), 0, 400, DEFAULT)
    assert block.decoded().get(name) == hostile
    assert "dmarc=pass" not in block.decoded().get(name)
