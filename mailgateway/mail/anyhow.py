"""What can be read of bytes that may be no mail at all."""

import re
from dataclasses import replace

from mailgateway.mail.limits import DEFAULT, Limits
from mailgateway.mail.model import Attachment, Mail
from mailgateway.mail.parse import looks_like_mail, parse

RAW_NAME = "mail.eml"
_MOST_BYTES = 200_000
_MOST_TEXT = 20_000
_READABLE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffd]{4,}")


def read_anyhow(raw: bytes, limits: Limits = DEFAULT) -> Mail:
    """Return a mail of any bytes, with the bytes themselves as its first attachment, labelled so that nobody shows it.

    Where the parser makes nothing of them, the text is what looks like one.
    """
    try:
        mail = parse(raw, limits)
    except Exception:  # noqa: BLE001 - a mistake of the parser may be just why the mail was set aside
        mail = Mail(subject="", sender=None)
    if looks_like_mail(raw) is not None or not (mail.text.strip() or mail.html):
        mail = replace(mail, text=readable(raw))
    whole = Attachment(RAW_NAME, "application/octet-stream", raw)
    return replace(mail, attachments=(whole, *mail.attachments))


def readable(raw: bytes) -> str:
    """Return what in bytes looks like text: runs of at least four signs, each on a line."""
    signs = raw[:_MOST_BYTES].decode("utf-8", "replace").replace("\r\n", "\n")
    text = "".join(sign if sign.isprintable() or sign.isspace() else "\ufffd" for sign in signs)
    return "\n".join(found[0].strip("\n") for found in _READABLE.finditer(text)).strip()[:_MOST_TEXT]
