"""A raw message -> the plain object that `parse --json` prints for it."""

from datetime import UTC

from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Address, Attachment, Bounce
from mailgateway.mail.parse import looks_like_mail, parse
from mailgateway.mail.written.reply import split_reply

_NOBODY = OwnMarks("", frozenset())


def describe(file: str, raw: bytes) -> dict[str, object]:
    """Return the object for one file; `ok` is false, and `error` says why, where the bytes are no mail."""
    problem = looks_like_mail(raw)
    mail = parse(raw)
    verdict = classify(mail, _NOBODY)
    reply = split_reply(mail)
    return {
        "file": file,
        "ok": problem is None,
        "error": problem,
        "subject": mail.subject,
        "from": _address(mail.sender) if mail.sender else None,
        "to": [_address(one) for one in mail.to],
        "cc": [_address(one) for one in mail.cc],
        "reply_to": [_address(one) for one in mail.reply_to],
        "date": mail.date.astimezone(UTC).isoformat().replace("+00:00", "Z") if mail.date else None,
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "text": mail.text,
        "html": mail.html,
        "reply": reply.text,
        "quoted": reply.quoted,
        "attachments": [_attachment(one) for one in mail.attachments],
        "kind": verdict.kind.value,
        "bounce": _bounce(verdict.bounce) if verdict.bounce else None,
        "forwarded_from": _address(mail.forwarded_from) if mail.forwarded_from else None,
        "defects": list(mail.defects),
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _attachment(attachment: Attachment) -> dict[str, object]:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "inline": attachment.inline,
        "content_id": attachment.content_id,
    }


def _bounce(bounce: Bounce) -> dict[str, str]:
    return {
        "recipient": bounce.recipient,
        "status": bounce.status,
        "action": bounce.action,
        "diagnostic": bounce.diagnostic,
        "original_message_id": bounce.original_message_id,
    }
