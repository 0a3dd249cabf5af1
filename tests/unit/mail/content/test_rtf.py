"""decompress and rtf_text: what Outlook writes where it writes nothing else."""

from struct import pack

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mail.content.rtf import decompress, rtf_text
from mailgateway.mail.content.tnef import read_tnef


def literals(rtf: bytes) -> bytes:
    """Compress without ever referring back: eight literals behind each control byte."""
    body = b"".join(b"\0" + rtf[place : place + 8] for place in range(0, len(rtf), 8))
    return pack("<IIII", len(body) + 12, len(rtf), 0x75465A4C, 0) + body


def test_references_to_the_window_are_followed() -> None:
    """A run that overlaps itself repeats (the second example of MS-OXRTFCP)."""
    data = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert decompress(data) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}\r\n"[:0x1C]


def test_uncompressed_values_are_taken_as_they_are() -> None:
    """The header says which of the two it is; anything else is none."""
    assert decompress(pack("<IIII", 17, 5, 0x414C454D, 0) + b"{\\rtf") == b"{\\rtf"
    assert decompress(b"\0" * 40) == b""
    assert decompress(b"x") == b""


def test_the_words_are_read_without_what_stands_beside_them() -> None:
    """Code pages, Unicode with its substitute, breaks, quotes; no fonts, no generator, no pictures."""
    rtf = (
        rb"{\rtf1\ansi\ansicpg1250\deff0{\fonttbl{\f0 Arial;}}{\*\generator x;}\pard Za\'bf\'f3\'b3\'e6 \u322?\par "
        rb"\ldblquote two\rdblquote\tab \{y\}{\pict 0102} \u-10179?\u-8704?\~end}"
    )
    assert rtf_text(rtf) == "Zażółć ł\n“two”\t{y} 😀 end"


def test_a_package_with_nothing_but_rtf_gives_its_words() -> None:
    """winmail.dat of older Outlooks holds the text in this form only."""
    rich = literals(rb"{\rtf1 It is broken.\par Please help.}")
    properties = pack("<I", 1) + pack("<HHII", 0x0102, 0x1009, 1, len(rich)) + rich + b"\0" * (-len(rich) % 4)
    whole = pack("<IH", 0x223E9F78, 1) + pack("<BII", 1, 0x00069003, len(properties)) + properties + b"\0\0"
    found = read_tnef(whole)
    assert found is not None
    assert found.plain == "It is broken.\nPlease help."


@given(st.binary(max_size=400))
def test_any_bytes_are_read_as_far_as_they_go(raw: bytes) -> None:
    """Nothing raises, and nothing comes out that UTF-8 cannot hold."""
    rtf_text(decompress(pack("<IIII", 0, 10_000, 0x75465A4C, 0) + raw)).encode()
    rtf_text(raw).encode()
