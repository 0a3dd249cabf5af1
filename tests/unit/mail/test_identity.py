"""identity: two deliveries of one mail are the same mail, another content is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mail import identity as identities
from mailgateway.mail.identity import identity
from mailgateway.mail.parse import parse

MAIL = (
    b"From: Jan <jan@x.pl>\r\nTo: help@example.com\r\nSubject: one\r\n two\r\nDate: today\r\nMessage-ID: <1@x.pl>\r\n"
    b"\r\nwords\r\nmore\r\n"
)
TRACE = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "Received",
                "Return-Path",
                "Delivered-To",
                "Authentication-Results",
                "X-Spam",
                "DKIM-Signature",
                "Envelope-To",
            ]
        ),
        st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    ),
    max_size=8,
)


@given(TRACE)
def test_fields_that_deliveries_add_change_nothing(trace: list[tuple[str, str]]) -> None:
    """Trace fields on top leave the identity as it is."""
    head = "".join(f"{name}: {value}\r\n" for name, value in trace).encode()
    assert identity(head + MAIL) == identity(MAIL)


@given(st.binary(min_size=1, max_size=40).filter(lambda piece: piece.strip(b"\r\n") != b""))
def test_another_body_is_another_mail(piece: bytes) -> None:
    """Words added to the body change the fingerprint, never the id."""
    other = identity(MAIL + b"x" + piece)
    assert other.message_id == "1@x.pl"
    assert other.fingerprint != identity(MAIL).fingerprint


def test_another_subject_is_another_mail() -> None:
    """A reused Message-ID with another subject is told from the first mail."""
    assert identity(MAIL.replace(b"one", b"ONE")).fingerprint != identity(MAIL).fingerprint


def test_line_endings_folding_and_trailing_blank_lines_change_nothing() -> None:
    """CRLF or LF, folded or not, with blank lines at the end: the same mail."""
    assert identity(MAIL.replace(b"\r\n", b"\n") + b"\n\n") == identity(MAIL)
    assert identity(MAIL.replace(b"one\r\n two", b"one two")) == identity(MAIL)


def test_foreign_bytes_on_top_change_nothing() -> None:
    """A trace field that names a charset does not change how raw 8-bit fields of the writer are read."""
    raw = MAIL.replace(b"one", "Zażółć".encode("iso8859-2"))
    assert identity(b"X-Scan: charset=koi8-r\r\n" + raw) == identity(raw)


def test_without_an_id_every_byte_counts() -> None:
    """A mail without Message-ID is only the same when it is the same."""
    bare = MAIL.replace(b"Message-ID: <1@x.pl>\r\n", b"")
    assert identity(bare).message_id == ""
    assert identity(bare) == identity(bare)
    assert identity(b"X: y\r\n" + bare) != identity(bare)


@given(st.binary(max_size=500))
def test_any_bytes_have_the_identity_that_parse_sees(raw: bytes) -> None:
    """The id is the one of parse, for any bytes."""
    assert identity(raw).message_id == (parse(raw).message_id or "")


@given(st.text(alphabet="\r\nab", max_size=40).map(str.encode), st.integers(1, 5))
def test_the_body_is_the_same_in_pieces_of_any_size(body: bytes, size: int) -> None:
    """A large mail is looked at in pieces; no line ending is cut in two, and no blank line at the end counts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identities, "_PIECE", size)
        pieces = list(identities._body(b"head" + body, 4))
    assert b"".join(pieces) == body.rstrip(b"\r\n").replace(b"\r\n", b"\n")
