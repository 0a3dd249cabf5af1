"""Bytes that may be no mail at all, read for a person."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailgateway.mail.anyhow import read_anyhow, readable


@given(st.binary(max_size=2000))
@example("\U00040000\t\t ".encode())
def test_any_bytes_give_a_mail_with_the_bytes_attached(raw: bytes) -> None:
    """The first file is the mail as it came, under a type that nobody shows; nothing in the text moves a cursor."""
    mail = read_anyhow(raw)
    whole = mail.attachments[0]
    assert (whole.filename, whole.content_type, whole.content) == ("mail.eml", "application/octet-stream", raw)
    assert all(sign.isprintable() or sign in "\t\n" or sign.isspace() for sign in readable(raw))


def test_a_mail_is_read_as_ever() -> None:
    """What has a header keeps its writer, subject, text and files."""
    mail = read_anyhow(b"From: carla@customer.example\r\nSubject: Printer\r\n\r\nIt is broken.\r\n")
    assert (mail.subject, mail.sender and mail.sender.address) == ("Printer", "carla@customer.example")
    assert mail.text.strip() == "It is broken."


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x00\x01hello there\x00\x02ab\x03good bye\xff", "hello there\ngood bye"),
        ("Drukarka płonie, zażółć".encode(), "Drukarka płonie, zażółć"),
        (b"", ""),
        (bytes(range(32)) * 10, ""),
    ],
)
def test_words_among_other_bytes_are_found(raw: bytes, text: str) -> None:
    """Runs of signs are kept, a line each; what is no text is left out."""
    assert readable(raw) == text


def test_reading_is_bounded() -> None:
    """A mail of megabytes without a header becomes a text that people can read."""
    assert len(read_anyhow(b"word " * 2_000_000).text) <= 20_000
