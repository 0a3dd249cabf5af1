"""A forwarded mail -> who wrote it first, so that a ticket can be theirs: by the attached mail, or the lines above it.

Nothing here proves anything: whoever forwards a mail can write any name there.
"""

import re

from mailgateway.mail.content.text import Line
from mailgateway.mail.limits import DEFAULT
from mailgateway.mail.model import Address, Attachment, Mail, Reply
from mailgateway.mail.wire.addresses import read_addresses
from mailgateway.mail.wire.headers import read_headers
from mailgateway.mail.written.blocks import sender_field
from mailgateway.mail.written.quotes import attribution, is_forward_subject
from mailgateway.mail.written.quotes import is_forward as begins_forward
from mailgateway.mail.written.subjects import is_answer

_MOST_LINES = 500
_MOST_HEADER_LINES = 15
_MOST_READ = 65_536
_MAIL = frozenset({"message/rfc822", "message/global"})
_SQUARE = re.compile(r"\[\s?(?:mailto:)?([^\s\[\]<>@]{1,128}@[^\s\[\]<>]{1,255})\s?\]", re.IGNORECASE)
_TWICE = re.compile(r"([^\s<>@]{1,128}@[^\s<>@]{1,255})\s{0,3}<mailto:[^<>]{1,400}>", re.IGNORECASE)
_BARE = re.compile(r"[^\s<>@()\[\]\"':,;\u200e-\u202e]{1,128}@[^\s<>@()\[\]\"':,;\u200e-\u202e]{1,255}")
_FINNISH_ANSWER = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?vs\s?[:：]", re.IGNORECASE)
_QUOTE = re.compile(r"^[ \t]{0,3}(?:>[ \t]?){1,20}")


def original_sender(subject: str, text: str, attachments: tuple[Attachment, ...]) -> Address | None:
    """Return who wrote the mail that this one forwards; None where it forwards none, or names no address.

    The words of the mail are looked at first; then the one mail that is attached to it.
    """
    lines = [Line(_QUOTE.sub("", line)) for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]]
    place = next((number for number, line in enumerate(lines) if begins_forward(line.text)), -1)
    if place >= 0:
        return _first_sender(lines, place + 1)
    if is_forward_subject(subject):
        named = next((number for number in range(len(lines)) if _begins_history(lines, number)), -1)
        if named >= 0:
            return _first_sender(lines, named)
    mails = [attachment for attachment in attachments if attachment.content_type in _MAIL]
    return _sender_of(mails[0]) if len(mails) == 1 else None


def is_forward(mail: Mail, reply: Reply) -> bool:
    """Tell whether a mail passes another one on, and is no answer to it.

    VS: is a forwarded mail in Norwegian and an answer in Finnish: there only a drawn line above the mail counts.
    """
    if _FINNISH_ANSWER.match(mail.subject):
        return any(begins_forward(line) for line in reply.forwarded.split("\n", 3)[:3])
    if is_forward_subject(mail.subject):
        return bool(reply.forwarded) or mail.forwarded_from is not None
    return bool(reply.forwarded) and not is_answer(mail.subject)


def _begins_history(lines: list[Line], place: int) -> bool:
    return bool(sender_field(lines[place].text)) or attribution(lines, place) > 0


def _first_sender(lines: list[Line], start: int) -> Address | None:
    """Return the address in the first field or attribution that names a writer, near the beginning."""
    for place in range(start, min(start + _MOST_HEADER_LINES, len(lines))):
        if value := sender_field(lines[place].text):
            return _address(value)
        if count := attribution(lines, place):
            found = _BARE.search(" ".join(line.text for line in lines[place : place + count]))
            return Address("", found[0]) if found else None
    return None


def _address(value: str) -> Address | None:
    """Read an address as mail programs write it for people: `Name [mailto:a@b.c]`, `a@b.c <mailto:a@b.c>`, `*Name*`."""
    plain = _SQUARE.sub(r"<\1>", _TWICE.sub(r"\1", value.replace("*", " ")).replace("<mailto:", "<"))
    found = read_addresses(plain, most=20)
    return next((one for one in found if "@" in one.address), None)


def _sender_of(attachment: Attachment) -> Address | None:
    header, _ = read_headers(attachment.content, 0, min(len(attachment.content), _MOST_READ), DEFAULT)
    people = read_addresses(header.get("from"), most=1)
    return people[0] if people else None
