"""Mail -> which kind of machine's answer it is, beyond automatic replies and bounces; None for every other mail.

Read receipts (RFC 8098), abuse reports (RFC 5965), answers to invitations (RFC 5546), and the riddles that some spam
filters send to who writes for the first time.
"""

import re
from dataclasses import dataclass

from mailgateway.mail.limits import DEFAULT
from mailgateway.mail.machines.bounce import original_id
from mailgateway.mail.machines.bounce_json import is_complaint
from mailgateway.mail.machines.mail_system import is_report
from mailgateway.mail.model import Attachment, Kind, Mail
from mailgateway.mail.wire.headers import ids_of, read_headers
from mailgateway.mail.written.quotes import is_forward_subject

_RECEIPTS = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_COMPLAINT = "message/feedback-report"
_MOST_READ = 65_536
_METHOD = re.compile(rb"^METHOD[ \t]*:[ \t]*(REPLY|COUNTER|DECLINECOUNTER)\b", re.IGNORECASE | re.MULTILINE)
_COMPLAINT_FIELDS = ("X-XARF", "X-ARF", "X-HmXmrOriginalRecipient")
_CHALLENGE_FIELDS = (
    "X-TMDA-Confirm", "X-Boxbe-Challenge", "X-SpamArrest", "X-Spamarrest-Challenge",
    "X-ChoiceMail-Registration-Request",
    "X-Qurb-Challenge", "X-Challenge", "X-Challenge-Response", "X-MailInBlack", "X-Vade-Challenge", "X-ASK-Auth",
    "X-AskVersion",
)  # fmt: skip
_CHALLENGERS = re.compile(
    r"(?:^|[@.])(?:boxbe\.com|spamarrest\.com|mailinblack\.com|spamcop-challenge\.net|knowspam\.net|digiportal\.com|"
    r"bluebottle\.com|sendio\.com|antispamuol\.com\.br)$",
    re.IGNORECASE,
)
_CHALLENGE_LOCAL = re.compile(
    r".{0,100}[-+.](?:confirm|challenge|verify)(?:[-+.=].*)?|(?:confirm|challenge|verify)[-+].*"
)
# On its own a person's words too; only with another sign of a machine it tells a challenge.
_CHALLENGE_SUBJECT = re.compile(
    r"(?:please |you must |must |kindly )?(?:confirm|verify|authenticate) (?:your|that you|the|this) (?:recent )?"
    r"(?:message|e-?mail|mail|delivery|sender|are human|sent)|"
    r"(?:sender|human|e-?mail|mail|message|delivery) (?:verification|confirmation|authentication|authorization)\b|"
    r"(?:verification|confirmation|authorization) (?:is )?(?:required|needed|request)|"
    r"your (?:e-?mail|mail|message) .{0,80}(?:requires|awaits|is awaiting|is waiting for|needs) .{0,20}(?:verification|"
    r"confirmation|authorization)|"
    r"bitte (?:best[äa]tigen|verifizieren) sie|absenderbest[äa]tigung|"
    r"(?:merci de|veuillez) (?:confirmer|vous authentifier|valider)|demande d['’]authentification|"
    r"(?:por favor,? )?confirm[ea] (?:su|o|sua|el) (?:mensaje|env[íi]o|mensagem|correo)|"
    r"antispam uol|anti-?spam.{0,20}uol|"
    r"conferma(?:re)? (?:il|l['’]invio)|potwierd[źz] wys[łl]anie|potwierdzenie nadawcy|"
    r"подтвердите (?:отправку|письмо)",
    re.IGNORECASE,
)
_REPLY_MARK = re.compile(r"^(?:(?:re|aw|sv|odp|antw|tr|fwd?) ?: ?){1,5}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A machine's answer: which kind, how it is known, and the id of the mail that it is about ("" for none)."""

    kind: Kind
    reason: str
    about: str = ""


def read_answer(mail: Mail) -> Answer | None:
    """Tell which kind of machine's answer a mail is; automatic replies, bounces and bulk are known elsewhere."""
    return _receipt(mail) or _complaint(mail) or _calendar_answer(mail) or _challenge(mail)


def _receipt(mail: Mail) -> Answer | None:
    part = _first(mail, _RECEIPTS)
    if part is not None and is_report(mail):
        header, _ = read_headers(part.content, 0, min(len(part.content), _MOST_READ), DEFAULT)
        ids = ids_of(header.get("original-message-id"), 1)
        return Answer(Kind.READ_RECEIPT, f"a part of type {part.content_type}", ids[0] if ids else "")
    if _report_type(mail) == "disposition-notification":
        return Answer(Kind.READ_RECEIPT, "report-type: disposition-notification")
    return None


def _complaint(mail: Mail) -> Answer | None:
    part = _first(mail, frozenset({_COMPLAINT}))
    if part is not None or _report_type(mail) == "feedback-report":
        return Answer(Kind.ABUSE_REPORT, f"a part of type {_COMPLAINT}", original_id(mail))
    if is_complaint(mail):
        return Answer(Kind.ABUSE_REPORT, "a notification of a complaint")
    marks = [name for name in _COMPLAINT_FIELDS if name in mail.headers]
    return Answer(Kind.ABUSE_REPORT, f"{marks[0]} is there", original_id(mail)) if marks else None


def _calendar_answer(mail: Mail) -> Answer | None:
    """Know an answer to an invitation by its calendar, unless somebody passes it on."""
    if is_forward_subject(mail.subject):
        return None
    for attachment in mail.attachments:
        if attachment.content_type == "text/calendar":
            found = _METHOD.search(attachment.content, 0, _MOST_READ)
            if found:
                return Answer(Kind.CALENDAR_ANSWER, f"METHOD:{found[1].decode('ascii').upper()} in a calendar")
    return None


def _challenge(mail: Mail) -> Answer | None:
    """Know a challenge by its maker's field or domain, or by its subject beside another sign of a machine."""
    for name in _CHALLENGE_FIELDS:
        if name in mail.headers:
            return Answer(Kind.CHALLENGE, f"{name} is there")
    if mail.sender is None:
        return None
    if _CHALLENGERS.search(mail.sender.domain):
        return Answer(Kind.CHALLENGE, f"From: {mail.sender.domain} sends challenges")
    subject = _REPLY_MARK.sub("", mail.subject[:200])
    local = mail.sender.key.rpartition("@")[0][:200]
    if _CHALLENGE_SUBJECT.search(subject) and (_is_automatic(mail) or _CHALLENGE_LOCAL.fullmatch(local)):
        return Answer(Kind.CHALLENGE, f"Subject: {mail.subject[:60]}")
    return None


def _is_automatic(mail: Mail) -> bool:
    """Tell whether it answers a mail and says of itself that no person sent it."""
    marked = mail.headers.get("Auto-Submitted").strip().casefold().startswith("auto-replied")
    silent = mail.headers.get("Return-Path").strip() == "<>"
    junk = mail.headers.get("Precedence").strip().casefold() in ("junk", "bulk", "auto_reply")
    return marked or ((silent or junk) and bool(mail.in_reply_to or mail.references))


def _first(mail: Mail, types: frozenset[str]) -> Attachment | None:
    return next((attachment for attachment in mail.attachments if attachment.content_type in types), None)


def _report_type(mail: Mail) -> str:
    found = re.search(
        r"report-type\s{0,5}=\s{0,5}\"?([a-z-]{1,40})", mail.headers.get("Content-Type")[:2_000].casefold()
    )
    return found[1] if found else ""
