"""Mail -> Verdict: written by a person, or by which kind of machine, with the evidence (RFC 3834, 3464, 2919, 2369)."""

import re
from dataclasses import dataclass

from mailgateway.mail.machines import certified
from mailgateway.mail.machines.absence import is_headed_as_automatic
from mailgateway.mail.machines.bounce import read_bounce
from mailgateway.mail.machines.machine import read_answer
from mailgateway.mail.model import Address, Bounce, Headers, Kind, Mail, Verdict

OWN_FIELD = "X-Mailgateway"
"""Every mail of ours carries this field with our domain; one that comes back is a loop."""


@dataclass(frozen=True, slots=True)
class OwnMarks:
    """What tells our own mail: our domain, and the addresses and aliases of our mailboxes, casefolded."""

    domain: str
    addresses: frozenset[str]


_AUTOREPLY_FIELDS = frozenset({"x-vacation", "x-away-message", "x-cron-env", certified.FIELD.casefold()})
_AUTOREPLY_FIELD = re.compile(
    r"x-(?!no|dis)[a-z0-9-]{0,20}auto-?(?:repl(?:y|ied)|respon(?:d|se|der)|answer|generated)(?:-from)?"
)
"""The name of a field with which a program says that it answered by itself: each has one of its own."""
_MACHINE_VALUES = (
    ("X-FC-MachineGenerated", "true"),
    ("X-Amazon-Mail-Relay-Type", "notification"),
    ("X-Post-MessageClass", "autorespon"),
    ("X-Apple-Action", "vacation"),
    ("X-Mailer", "vacation"),
    ("X-Mailer", "autorespon"),
    ("Delivered-To", "autoresponder"),
    ("Content-Type", "multipart/report"),
)
_INBOX_RULES = (
    ("X-MS-Exchange-Inbox-Rules-Loop", ""),
    ("X-MS-Exchange-Generated-Message-Source", "mailbox rules agent"),
)
"""What Exchange adds where a rule of an inbox answers; and where it redirects, too, which Resent-From tells."""
_LIST_FIELDS = (
    "List-Id",
    "List-Post",
    "List-Unsubscribe",
    "List-Help",
    "Mailing-List",
    "X-Mailing-List",
    "X-BeenThere",
)
_BULK_PRECEDENCE = frozenset({"bulk", "list", "junk"})
_REPLY_PRECEDENCE = frozenset({"auto_reply", "autoreply", "auto-reply", "auto-replied"})
_NO_ANSWER_LOCAL = re.compile(
    r"(?:.{0,60}[._+-])?(?:no|not|do[._-]?not|never|ne[._-]?pas|non|n[aã]o|nicht|nie)[._-]?"
    r"(?:reply|respond|response|answer|r[eé]pondre|responder|responda|rispondere|antworten|odpowiadaj|odpowiadac)"
    r"(?:[._+=-].{0,100})?"
    r"|mailer[._-]?daemon|postmaster|majordomo|bounces?(?:[+-].*)?|listserv|autorespond(?:er)?|"
    r"auto-?reply|root|nobody|owner-.{1,80}|.{1,80}-(?:request|owner)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\([^()]*\)")
_MOST_READ = 1_000
_MAILTO = re.compile(r"<mailto:([^<>?\s]{1,320})", re.IGNORECASE)
_SUPPRESSED = frozenset({"all", "autoreply", "oof"})


def classify(mail: Mail, own: OwnMarks) -> Verdict:
    """Tell what kind of mail it is, why, and whether an automatic mail may answer it.

    `X-Auto-Response-Suppress` and an unanswerable sender forbid the answer but prove no machine: persons' mails
    carry them too.
    """
    if reasons := _loop(mail, own):
        return Verdict(Kind.LOOP, reasons, answerable=False)
    bounce = read_bounce(mail)
    if bounce is not None:
        kind = Kind.DELIVERY_DELAY if bounce.action == "delayed" else Kind.BOUNCE
        reasons = _bounce_reasons(mail.headers, bounce)
        return Verdict(kind, reasons, answerable=False, bounce=bounce, about=bounce.original_message_id)
    answer = read_answer(mail)
    if answer is not None:
        return Verdict(answer.kind, (answer.reason,), answerable=False, about=answer.about)
    if reasons := _auto_reply(mail):
        return Verdict(Kind.AUTO_REPLY, reasons, answerable=False)
    if reasons := _bulk(mail.headers, own):
        return Verdict(Kind.BULK, reasons, answerable=False)
    silence = _silence(mail, own)
    return Verdict(Kind.NORMAL, silence, answerable=not silence)


def _loop(mail: Mail, own: OwnMarks) -> tuple[str, ...]:
    """Return why a mail is a letter of ours: it carries our mark, and our domain's Message-ID or an address of ours.

    The address alone proves nothing: web forms write as the desk they write to.
    """
    mark = mail.headers.get(OWN_FIELD).strip().casefold()
    if not own.domain or mark != own.domain.casefold():
        return ()
    has_own_id = (mail.message_id or "").casefold().endswith("@" + mark)
    is_own_sender = mail.sender is not None and _is_ours(mail.sender, own)
    return (f"{OWN_FIELD}: {mark}, a mail of ours",) if has_own_id or is_own_sender else ()


def _is_ours(person: Address, own: OwnMarks) -> bool:
    """Tell whether an address is one of our mailboxes, with or without a detail part (support+detail@)."""
    local, at, domain = person.key.rpartition("@")
    return person.key in own.addresses or f"{local.partition('+')[0]}{at}{domain}" in own.addresses


def _bounce_reasons(headers: Headers, bounce: Bounce) -> tuple[str, ...]:
    found = [f"delivery report: {bounce.action} {bounce.status}".strip()]
    if headers.get("Return-Path").strip() == "<>":
        found.append("Return-Path: <>")
    return tuple(found)


def _auto_reply(mail: Mail) -> tuple[str, ...]:
    headers = mail.headers
    found = [
        f"Auto-Submitted: {value}" for value in headers.all("Auto-Submitted") if _first_word(value) not in ("no", "")
    ]
    found += [
        f"{name}: {value[:80]}"
        for name, value in headers
        if _is_autoreply_field(name) and _first_word(value) not in ("no", "false", "0")
    ]
    values = _MACHINE_VALUES if "Resent-From" in headers else (*_MACHINE_VALUES, *_INBOX_RULES)
    found += [f"{name}: {wanted}" for name, wanted in values if _holds(headers, name, wanted)]
    found += [f"Precedence: {value}" for value in _precedences(headers) if value in _REPLY_PRECEDENCE]
    if headers.get("Return-Path").strip() == "<>":
        found.append("Return-Path: <>")
    is_supported = bool(found or _suppression(headers) or headers.get("X-Loop"))
    if is_headed_as_automatic(mail, is_supported=is_supported):
        found.append(f"Subject: {mail.subject[:60]}")
    return tuple(found)


def _is_autoreply_field(name: str) -> bool:
    if name[:2] not in ("X-", "x-"):
        return False
    folded = name.casefold()
    return folded in _AUTOREPLY_FIELDS or ("auto" in folded and _AUTOREPLY_FIELD.fullmatch(folded) is not None)


def _holds(headers: Headers, name: str, wanted: str) -> bool:
    return any(wanted in value.casefold() for value in headers.all(name))


def _first_word(value: str) -> str:
    """Return the first word of a field, casefolded; a comment may stand before it (RFC 3834 section 5)."""
    words = re.split(r"[\s;,(]", _COMMENT.sub(" ", value[:_MOST_READ]).strip(), maxsplit=1)
    return words[0].casefold()


def _precedences(headers: Headers) -> list[str]:
    return [_first_word(value) for name in ("Precedence", "X-Precedence") for value in headers.all(name)]


def _bulk(headers: Headers, own: OwnMarks) -> tuple[str, ...]:
    """Return why a mail is bulk. A list that is posted to at our own address is how persons' mail reaches us."""
    is_our_list = any(
        _is_ours(Address("", posted), own) for posted in _MAILTO.findall(headers.get("List-Post")[:2_000])
    )
    wanted = _BULK_PRECEDENCE - {"list"} if is_our_list else _BULK_PRECEDENCE
    found = [f"Precedence: {value}" for value in _precedences(headers) if value in wanted]
    if not is_our_list:
        found += [f"{name}: {headers.get(name)[:80]}" for name in _LIST_FIELDS if name in headers]
    return tuple(found)


def _suppression(headers: Headers) -> list[str]:
    """Return the values of X-Auto-Response-Suppress that forbid an automatic answer."""
    values = ",".join(headers.all("X-Auto-Response-Suppress")).casefold().replace(";", ",").split(",")
    return [value.strip() for value in values if value.strip() in _SUPPRESSED]


def _silence(mail: Mail, own: OwnMarks) -> tuple[str, ...]:
    """Return why a mail that a person may well have written gets no automatic answer."""
    found = [f"X-Auto-Response-Suppress: {value}" for value in _suppression(mail.headers)]
    if mail.headers.get("X-Loop"):
        found.append(f"X-Loop: {mail.headers.get('X-Loop')[:80]}")
    if mail.sender is None:
        return (*found, "no sender address")
    if _is_ours(mail.sender, own):
        return (*found, f"From: {mail.sender.key} is an address of ours")
    if _takes_no_answer(mail.sender) and not _is_form(mail, own):
        found.append(f"From: {mail.sender.address.rpartition('@')[0]} takes no answers")
    return tuple(found)


def _takes_no_answer(person: Address) -> bool:
    return _NO_ANSWER_LOCAL.fullmatch(person.address.rpartition("@")[0][:100]) is not None


def _is_form(mail: Mail, own: OwnMarks) -> bool:
    """Tell whether Reply-To names the one person, neither of us nor a machine, for whom a form wrote the mail."""
    people = [one for one in mail.reply_to if "@" in one.address and not _is_ours(one, own)]
    return len(people) == 1 and not _takes_no_answer(people[0])
