"""Amazon SES tells of bounces as JSON, which its notification service (SNS) sends as the text of a mail."""

import json
import re
from collections.abc import Mapping

from mailgateway.mail.model import Bounce, Mail
from mailgateway.mail.wire.headers import ids_of

_BEGINNING = re.compile(r"\s{0,200}\{.{0,2000}?\b(?:notificationType|eventType)\b", re.DOTALL)
_MOST_READ = 200_000
_DECODER = json.JSONDecoder()


def read_notification(mail: Mail) -> Bounce | None:
    """Return what a notification of a bounce or a delay says of its first recipient; None for every other mail."""
    found = _notification(mail)
    kind = _kind(found)
    if kind not in ("bounce", "deliverydelay"):
        return None
    report = _part(found, "bounce") if kind == "bounce" else _part(found, "deliveryDelay")
    person = _first(report, "bouncedRecipients" if kind == "bounce" else "delayedRecipients")
    diagnostic = _text(person, "diagnosticCode")
    return Bounce(
        recipient=_text(person, "emailAddress")[:320],
        status=_text(person, "status")[:20],
        action="delayed" if kind == "deliverydelay" else _text(person, "action")[:20] or "failed",
        diagnostic=" ".join((diagnostic.partition(";")[2] or diagnostic).split())[:1_000],
        original_message_id=_original_id(_part(found, "mail")),
    )


def is_complaint(mail: Mail) -> bool:
    """Tell whether a mail is a notification that somebody called a mail of ours spam."""
    return _kind(_notification(mail)) == "complaint"


def _notification(mail: Mail) -> Mapping[str, object]:
    """Read the notification, which may be wrapped in another object as a string; empty for every other mail."""
    text = mail.text[:_MOST_READ]
    if not _BEGINNING.match(text):
        return {}
    found = _object(text)
    inner = _text(found, "Message")
    return _object(inner) if inner else found


def _kind(found: Mapping[str, object]) -> str:
    return (_text(found, "notificationType") or _text(found, "eventType")).casefold()


def _original_id(letter: Mapping[str, object]) -> str:
    """Return the Message-ID that the sender gave; the service's own `messageId` is another one."""
    common = ids_of(_text(_part(letter, "commonHeaders"), "messageId"), 1)
    if common:
        return common[0]
    headers = letter.get("headers")
    for field in headers if isinstance(headers, list) else []:
        if isinstance(field, dict) and _text(field, "name").casefold() == "message-id":
            ids = ids_of(_text(field, "value"), 1)
            return ids[0] if ids else ""
    return ""


def _object(text: str) -> Mapping[str, object]:
    """Read the JSON object that a text is, but for a footer; empty where it is none, or nested beyond sense.

    With words behind it the object is somebody's question about it.
    """
    try:
        found, end = _DECODER.raw_decode(text.strip())
    except (ValueError, RecursionError):
        return {}
    rest = text.strip()[end:].lstrip()
    return found if isinstance(found, dict) and (not rest or rest.startswith("--")) else {}


def _part(found: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _first(found: Mapping[str, object], name: str) -> Mapping[str, object]:
    values = found.get(name)
    first = values[0] if isinstance(values, list) and values else None
    return first if isinstance(first, dict) else {}


def _text(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""
