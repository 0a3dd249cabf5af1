"""The headline of a mail set aside: enough for a person to recognise it by."""

from dataclasses import dataclass

from mailgateway.mail.parse import parse

_LONGEST_HEADER_BLOCK = 65_536
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Headline:
    """Subject and sender's address, cut to 200 characters; empty where the mail tells none."""

    subject: str = ""
    sender: str = ""


def headline(raw: bytes) -> Headline:
    """Read the headline from a mail's header block."""
    block = raw[:_LONGEST_HEADER_BLOCK].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    try:
        mail = parse(block + b"\n\n")
    except Exception:  # noqa: BLE001 - what broke the parser before must still be set aside and be seen
        return Headline()
    return Headline(mail.subject[:_LONGEST_LINE], mail.sender.address[:_LONGEST_LINE] if mail.sender else "")
