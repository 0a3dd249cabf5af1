"""Content-Transfer-Encoding undone: base64, quoted-printable, uuencode, in the states the wire delivers them."""

import binascii
import re

from mailgateway.mail.wire.words import base64_bytes

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\r\n]")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n]+")
_SAMPLE = 2_048


def decode_transfer(data: bytes, encoding: str) -> tuple[bytes, str]:
    """Return the bytes that `encoding` stands for, and a defect ("" where all was well). Unknown encodings are kept."""
    encoding = encoding.partition(";")[0].strip().strip("\"'").lower()
    if encoding == "base64":
        return _base64(data)
    if encoding in ("quoted-printable", "quotedprintable", "quoted-printeable", "qp"):
        return binascii.a2b_qp(data), ""
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        found = next(iter(uu_blocks(data)), None)
        return (found[3], "") if found else (data, "uuencoded part without a block")
    known = encoding in ("", "7bit", "8bit", "binary", "7-bit", "8-bit")
    return data, "" if known else f"unknown transfer encoding {encoding[:40]}"


def _base64(data: bytes) -> tuple[bytes, str]:
    sample = data[:_SAMPLE]
    if len(_NOT_BASE64.findall(sample)) * 10 > len(sample):
        return data, "said base64, is none"
    end = data.find(b"=")
    if end < 0 or not data[end:].strip(b"=\r\n \t"):
        try:
            return binascii.a2b_base64(data), ""
        except binascii.Error:
            return base64_bytes(data), "base64 cut short"
    return base64_bytes(data), "base64 with junk"


def uu_blocks(data: bytes, most: int = 1) -> list[tuple[int, int, str, bytes]]:
    """Find uuencoded files in text: (start, end, file name, content) of each, at most `most`."""
    blocks: list[tuple[int, int, str, bytes]] = []
    place = 0
    while len(blocks) < most and (begin := _UU_BEGIN.search(data, place)):
        end = _UU_END.search(data, begin.end())
        if end is None:
            break
        content = _uu_content(data[begin.end() : end.start()])
        if content is not None:
            blocks.append((begin.start(), end.end(), begin[1].decode("utf-8", "replace").strip(), content))
        place = end.end()
    return blocks


def _uu_content(block: bytes) -> bytes | None:
    """Decode the lines between begin and end; None where they are no uuencoded lines."""
    lines = []
    for found in _LINE.finditer(block):
        line = found[0]
        if line.isspace():
            continue
        try:
            lines.append(binascii.a2b_uu(line))
        except binascii.Error:
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                lines.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                return None
    return b"".join(lines)
