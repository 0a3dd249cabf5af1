"""Mail -> Bounce: delivery reports of RFC 3464, and the many that follow no standard; None where it is no report."""

import re
from collections.abc import Iterator
from dataclasses import replace

from mailgateway.mail.limits import DEFAULT
from mailgateway.mail.machines.bounce_json import read_notification
from mailgateway.mail.machines.bounce_text import read_text_bounce, temporary
from mailgateway.mail.machines.certified import read_certified
from mailgateway.mail.machines.mail_system import is_report
from mailgateway.mail.model import Attachment, Bounce, Mail
from mailgateway.mail.wire.addresses import read_addresses
from mailgateway.mail.wire.charset import decode
from mailgateway.mail.wire.headers import HeaderBlock, ids_of, read_headers

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status", "message/xdelivery-status"})
_ORIGINAL_TYPES = frozenset(
    {
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "text/rfc822-header",
        "message/rfc822-headers",
        "message/global-headers",
    }
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY = re.compile(r"\b[245]\d\d[ -]{1,2}['\"]?([245]\.\d{1,3}\.\d{1,3})\b")
"""The enhanced status behind a reply code, as the remote server gave it; a gateway's own stands before it."""
_ADDRESS = re.compile(r"[^\s<>\"'(),:;]{1,128}@[^\s<>\"'(),:;]{1,255}")
_MESSAGE_ID = re.compile(r"^[>\s]{0,20}message[- ]id[ \t]*:\s{0,20}(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
# What Exchange writes above the header of the mail as it came in; the copy behind is what it had become by then.
_HEADERS_SAID = re.compile(
    r"^(?:original message headers|ursprüngliche nachrichtenkopfzeilen|urspr.{1,40}kopfzeilen|"
    r"en-têtes d[eu] message d['’]origine|encabezados de mensajes? originale?s?|"
    r"intestazioni (?:del )?messaggio originali?|"
    r"cabeçalhos (?:da mensagem|de mensagens) origina(?:l|is)|oorspronkelijke berichtkoppen|"
    r"oryginalne nagłówki wiadomości|元のメッセージ ?ヘッダー|原始邮件头|原始郵件標頭)\s{0,3}[:：]\s{0,3}$",
    re.IGNORECASE | re.MULTILINE,
)
_NO_FAILURE = frozenset({"delivered", "relayed", "expanded"})
_ARRIVED = 2
_ESCAPED = re.compile(r"\\x\{([0-9a-f]{1,6})\}", re.IGNORECASE)
_MOST_READ = 200_000


def read_bounce(mail: Mail) -> Bounce | None:
    """Return what a delivery report says; the first failed recipient counts. None for every other mail."""
    for attachment in mail.attachments:
        if _is_status(attachment) and is_report(mail):
            return _standard(mail, attachment)
    if (notification := read_certified(mail) or read_notification(mail)) is not None:
        return notification
    found = read_text_bounce(mail)
    if found is None:
        return None
    return replace(found, recipient=found.recipient or _addressee(mail), original_message_id=original_id(mail))


def _is_status(attachment: Attachment) -> bool:
    """Tell whether a part is a report for programs; some gateways take its type away."""
    return attachment.content_type in _STATUS_TYPES or attachment.content[:14].lower() == b"reporting-mta:"


def _standard(mail: Mail, report: Attachment) -> Bounce | None:
    """Read the groups of fields of a message/delivery-status part."""
    groups = list(_groups(report.content[:_MOST_READ]))
    recipients = [
        group for group in groups if group.has("action") or group.has("final-recipient") or group.has("status")
    ]
    if not recipients:
        loose = read_text_bounce(mail) or Bounce(action="failed")
        return replace(loose, recipient=loose.recipient or _addressee(mail), original_message_id=original_id(mail))
    group = min(recipients, key=_gravity)
    action = _word(group, "action")
    if _gravity(group) == _ARRIVED:
        return None
    diagnostic = _typed(group.get("diagnostic-code"))
    return Bounce(
        recipient=_recipient(group),
        status=_status(group, diagnostic),
        action=action or "failed",
        diagnostic=diagnostic[:1_000],
        original_message_id=original_id(mail),
    )


def _gravity(group: HeaderBlock) -> int:
    """Order what happened to recipients: a failure before a delay, and that before what arrived."""
    action = _word(group, "action")
    if action in _NO_FAILURE or (not action and group.get("status").strip().startswith("2")):
        return _ARRIVED
    return 1 if action == "delayed" else 0


def _groups(content: bytes) -> Iterator[HeaderBlock]:
    """Cut the report into its groups of fields at blank lines."""
    for block in re.split(rb"\r?\n[ \t]*\r?\n", content.strip())[:200]:
        header, _ = read_headers(block + b"\n\n", 0, len(block) + 2, DEFAULT)
        if header.fields:
            yield header


def _word(group: HeaderBlock, name: str) -> str:
    return re.split(r"[\s(;]", group.get(name).strip(), maxsplit=1)[0].casefold()


def _typed(value: str) -> str:
    """Drop the type in front of a value (`rfc822; ...`, `smtp; ...`) and collapse its white space."""
    lead, separator, rest = value.partition(";")
    return " ".join((rest if separator and " " not in lead.strip() else value).split())


def _recipient(group: HeaderBlock) -> str:
    """Return who was not reached: the address that the sender wrote to, before what servers on the way made of it."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        found = _ADDRESS.search(_typed(group.get(name)))
        if found:
            return _ESCAPED.sub(_unescaped, found[0].strip("<>"))
    return _typed(group.get("final-recipient")).strip("<> ")


def _unescaped(found: re.Match[str]) -> str:
    """Return a letter that an address of type utf-8 gives by its number (RFC 6533 section 3)."""
    code = int(found[1], 16)
    return chr(code) if 0x80 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]


def _status(group: HeaderBlock, diagnostic: str) -> str:
    """Return the enhanced status: the Status field, unless it says less than the diagnostic does."""
    declared = _STATUS.search(group.get("status"))
    said = _REPLY.search(diagnostic) or _STATUS.search(diagnostic)
    if declared and not (said and declared[1].endswith(".0.0")):
        return declared[1]
    return said[1] if said else temporary(diagnostic)


def _addressee(mail: Mail) -> str:
    """Return the one addressee of the mail that a report is about, "" where the copy names none or several."""
    for attachment in mail.attachments:
        if attachment.content_type in _ORIGINAL_TYPES:
            header, _ = read_headers(attachment.content, 0, min(len(attachment.content), _MOST_READ), DEFAULT)
            people = read_addresses(header.get("to")) + read_addresses(header.get("cc"))
            return people[0].address if len(people) == 1 else ""
    return ""


def original_id(mail: Mail) -> str:
    """Return the Message-ID of the mail that a report is about: from its header as the report cites it, or the copy."""
    text = mail.text[:_MOST_READ]
    cited = _HEADERS_SAID.search(text)
    if cited and (found := _MESSAGE_ID.search(text, cited.end())):
        return ids_of(found[1], 1)[0]
    for attachment in mail.attachments:
        if attachment.content_type in _ORIGINAL_TYPES:
            header, _ = read_headers(attachment.content, 0, min(len(attachment.content), _MOST_READ), DEFAULT)
            if ids := ids_of(header.get("message-id"), 1):
                return ids[0]
    for attachment in mail.attachments:
        if attachment.content_type.startswith(("text/", "message/")):
            found = _MESSAGE_ID.search(decode(attachment.content[:_MOST_READ])[0])
            if found:
                return ids_of(found[1], 1)[0]
    found = _MESSAGE_ID.search(text)
    return ids_of(found[1], 1)[0] if found else ""
