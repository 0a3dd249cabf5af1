"""Bytes of a message -> Mail. Total: any bytes give a value in bounded time and memory; `defects` names oddities."""

import re

from mailgateway.mail.content.body import Body, Reader, html_of_blocks, text_of_blocks
from mailgateway.mail.content.html import sanitise
from mailgateway.mail.content.markup import depth, widest
from mailgateway.mail.limits import DEFAULT, Limits
from mailgateway.mail.model import Address, Attachment, Mail
from mailgateway.mail.wire.addresses import read_addresses
from mailgateway.mail.wire.dates import read_date
from mailgateway.mail.wire.guessing import guesses
from mailgateway.mail.wire.headers import HeaderBlock, ids_of, read_headers, text_of, with_line_feeds
from mailgateway.mail.wire.tree import Tree, read_tree
from mailgateway.mail.written.forward import original_sender

_KNOWN = frozenset(
    [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "message-id",
        "received",
        "return-path",
        "reply-to",
        "sender",
        "mime-version",
        "content-type",
        "in-reply-to",
        "references",
        "delivered-to",
        "x-mailer",
        "user-agent",
        "content-transfer-encoding",
        "envelope-to",
        "resent-from",
        "resent-to",
        "list-id",
        "auto-submitted",
        "x-original-to",
        "status",
        "dkim-signature",
        "authentication-results",
    ]
)
_MOST_DEFECTS = 100


def parse(raw: bytes, limits: Limits = DEFAULT) -> Mail:
    """Understand a message (RFC 5322, 2045-2049, 2231, 3676, 6532). Never raises; `defects` says what was odd."""
    with guesses(limits.charset_guesses):
        return _parsed(raw, limits)


def _parsed(raw: bytes, limits: Limits) -> Mail:
    raw = with_line_feeds(raw)
    tree = read_tree(raw, limits)
    header = tree.root.header
    reader = Reader(raw, limits, _hint(tree))
    blocks = reader.read(tree.root)
    source = html_of_blocks(blocks)
    text = text_of_blocks(blocks)
    shown = _shown(source, limits, reader.body)
    date, date_defect = read_date(header.get("date"), header.all("received"))
    senders = _people(header, "from", limits) or _people(header, "sender", limits)
    ids = ids_of(header.get("message-id"), 1)
    attachments = tuple(reader.body.attachments)
    subject = text_of(header.get("subject"))
    is_report = tree.root.content_type == "multipart/report"
    many = [_too_many(header, name, limits) for name in ("from", "to", "cc", "reply-to", "in-reply-to", "references")]
    odd = [*many, date_defect, "" if senders else "no From", "" if ids else "no Message-ID", _not_mail(header, raw)]
    return Mail(
        subject=subject,
        sender=senders[0] if senders else None,
        to=_people(header, "to", limits),
        cc=_people(header, "cc", limits),
        reply_to=_people(header, "reply-to", limits),
        date=date,
        message_id=ids[0] if ids else None,
        in_reply_to=ids_of(" ".join(header.all("in-reply-to")), limits.references),
        references=ids_of(" ".join(header.all("references")), limits.references),
        headers=header.decoded(),
        text=text,
        html=shown,
        html_source=source or None,
        attachments=attachments,
        forwarded_from=None if is_report else original_sender(subject, text, attachments),
        defects=tuple(dict.fromkeys(one for one in [*tree.defects, *reader.body.defects, *odd] if one))[:_MOST_DEFECTS],
    )


def looks_like_mail(raw: bytes) -> str | None:
    """Return None where the bytes have at least one header field of a mail, else one line saying why they are none."""
    if not raw.strip():
        return "empty: no bytes of a mail"
    beginning = with_line_feeds(raw[:65_536])
    header, _ = read_headers(beginning, 0, len(beginning), DEFAULT)
    if not header.fields:
        return "no mail: it does not begin with header fields such as From: or Subject:"
    if not any(name.lower() in _KNOWN for name, _ in header.fields):
        return "no mail: none of its header fields is one that mails have"
    return None


def _not_mail(header: HeaderBlock, raw: bytes) -> str:
    return "" if header.fields or not raw else "no header fields"


def _people(header: HeaderBlock, name: str, limits: Limits) -> tuple[Address, ...]:
    """Return the addresses of every field of this name, most first, without repetitions of a field."""
    values = dict.fromkeys(header.all(name))
    found = [address for value in values for address in read_addresses(value, limits.addresses)]
    return tuple(found[: limits.addresses])


def _too_many(header: HeaderBlock, name: str, limits: Limits) -> str:
    """Say that a field names more people or mails than are read, "" where it does not."""
    sign, most = ("<", limits.references) if name in ("in-reply-to", "references") else ("@", limits.addresses)
    count = sum(value.count(sign) for value in header.all(name))
    return f"{name}: only {most} of {count} read" if count > most else ""


def _hint(tree: Tree) -> str:
    """Return the charset that some part names: the best guess for what has no label."""
    for part in tree.walk():
        label = part.parameters.get("charset", "")
        if label and not re.fullmatch(r"(?i)us-ascii|utf-?8", label):
            return label
    return ""


def _shown(source: str, limits: Limits, body: Body) -> str | None:
    """Return the sanitised HTML; None where there is none, or where it is cut or showing it would cost too much."""
    if not source or body.has_cut_html:
        return None
    if widest(source) > limits.html_attributes or depth(source, limits.html_depth) >= limits.html_depth:
        body.defects.append("HTML too long, too wide or nested too deep to be shown, kept as an attachment")
        body.attachments.append(Attachment("message.html", "text/html", source.encode("utf-8", "replace")))
        return None
    return sanitise(source)
