"""Leaves of the MIME tree -> attachments: a safe file name, a type that the content bears out."""

import re
import unicodedata

from mailgateway.mail.limits import Limits
from mailgateway.mail.model import Attachment
from mailgateway.mail.wire.headers import HeaderBlock, read_headers, text_of
from mailgateway.mail.wire.parameters import read_parameters
from mailgateway.mail.wire.transfer import decode_transfer
from mailgateway.mail.wire.tree import Part

_LONGEST_NAME = 200
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_RESERVED = re.compile(r'[<>:"|?*]')

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
_BY_ENDING = {
    "txt": "text/plain",
    "csv": "text/csv",
    "html": "text/html",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "eml": "message/rfc822",
    "xml": "application/xml",
    "json": "application/json",
    "p7s": "application/pkcs7-signature",
    "p7m": "application/pkcs7-mime",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "svg": "image/svg+xml",
    "webp": "image/webp",
    "heic": "image/heic",
    "bmp": "image/bmp",
}
_ENDINGS = {
    "text/plain": "txt",
    "text/html": "html",
    "image/jpeg": "jpg",
    "message/rfc822": "eml",
    "message/global": "eml",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pgp-signature": "asc",
    "application/pgp-keys": "asc",
    "application/ms-tnef": "dat",
    "application/gzip": "gz",
    "application/vnd.rar": "rar",
    "message/delivery-status": "txt",
    "text/rfc822-headers": "txt",
    **{media: ending for ending, media in (_BY_ENDING | _OFFICE).items()},
    "application/pdf": "pdf",
    "image/png": "png",
    "image/gif": "gif",
    "image/tiff": "tif",
    "application/zip": "zip",
    "application/rtf": "rtf",
}


def disposition_of(part: Part) -> tuple[str, dict[str, str]]:
    """Return the word and the parameters of a part's Content-Disposition."""
    value = part.header.get("content-disposition")
    return read_parameters(value) if value else ("", {})


def declared_name(part: Part, disposition: dict[str, str]) -> str:
    """Return the file name that a part gives itself, made safe, or ""."""
    name = disposition.get("filename") or part.parameters.get("name") or disposition.get("name") or ""
    return safe_name(name) if name else ""


def safe_name(name: str) -> str:
    """Return a file name without path, control characters, direction marks and characters that file systems refuse.

    >>> safe_name("C:\\\\fakepath\\\\report.pdf")
    'report.pdf'
    """
    text = unicodedata.normalize("NFC", _NOT_IN_NAMES.sub(" ", name))
    text = _RESERVED.sub("_", re.split(r"[/\\]", text.strip())[-1])
    text = " ".join(text.split()).strip().lstrip(".")
    if len(text) > _LONGEST_NAME:
        stem, dot, ending = text.rpartition(".")
        text = (stem[: _LONGEST_NAME - 20] + dot + ending[:19]) if dot else text[:_LONGEST_NAME]
    return text


def make_attachment(raw: bytes, part: Part, number: int, limits: Limits) -> tuple[Attachment, str]:
    """Make the attachment of a leaf, the `number`th of its mail; also return a defect, "" where there is none."""
    word, parameters = disposition_of(part)
    content, defect = decode_transfer(raw[part.start : part.end], part.header.get("content-transfer-encoding"))
    if part.closed and part.content_type == "application/octet-stream":
        content, defect = raw[part.start : part.end], ""
    name = declared_name(part, parameters)
    content_type = true_type(part.content_type, name, content)
    cid = part.header.get("content-id").strip().strip("<>").strip() or None
    attachment = Attachment(
        filename=name or _made_name(content_type, content, number, limits),
        content_type=content_type,
        content=content,
        inline=word == "inline" or (cid is not None and word != "attachment"),
        content_id=cid,
    )
    return attachment, defect


def true_type(content_type: str, name: str, content: bytes) -> str:
    """Return the declared type, or what content and file name say where the label is empty of meaning or a lie."""
    found = next((media for magic, media in _MAGIC if content.startswith(magic)), "")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        found = "image/webp"
    if content_type.startswith("image/") and found and not found.startswith("image/"):
        return found
    if content_type not in ("application/octet-stream", "application/x-unknown", "application/unknown"):
        return found if content_type.startswith("image/") and found.startswith("image/") else content_type
    ending = name.rpartition(".")[2].lower()
    if found in ("application/zip", "application/x-ole-storage", ""):
        return _OFFICE.get(ending) or _BY_ENDING.get(ending) or found or content_type
    return found


def _made_name(content_type: str, content: bytes, number: int, limits: Limits) -> str:
    """Name a nameless file: an attached mail by its subject, all else by its place and type."""
    if content_type in ("message/rfc822", "message/global"):
        header: HeaderBlock = read_headers(content, 0, len(content), limits)[0]
        subject = safe_name(text_of(header.get("subject")))
        return f"{subject[:80].strip()}.eml" if subject else f"message-{number}.eml"
    ending = (
        _ENDINGS.get(content_type) or re.sub(r"[^a-z0-9]", "", content_type.partition("/")[2].removeprefix("x-"))[:8]
    )
    return f"attachment-{number}.{ending or 'bin'}"
