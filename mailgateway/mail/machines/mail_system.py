"""Whether a mail system itself sent a mail: by its return path, its address, and the name that it gives itself."""

import re

from mailgateway.mail.model import Address, Mail

_DAEMON = re.compile(
    r"(?:.{0,60}[._ -])?mail(?:er)?[._ -]?daemon.{0,60}|mail[._-]delivery[._-](?:sub)?system|"
    r"microsoftexchange[0-9a-f]{32}",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"postmaster(?:\W.{0,60})?|mdaemon|mail[._-]?(?:delivery|transfer|system).{0,20}|smtp-?(?:daemon|server)|"
    r"delivery[._-]?(?:daemon|system|subsystem|agent|notif|status|fail|report).{0,20}",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:.{0,60}\s)?(?:mail(?:er)?[._ -]?daemon|mail (?:delivery|transport|transfer) (?:sub)?(?:system|agent)|"
    r"delivery subsystem)|post ?master|internet mail delivery",
    re.IGNORECASE,
)
_FILTER = re.compile(
    r".{0,40}anti-?virus.{0,40}|(?:mail[._-]?)?(?:gateway|scanner|admin|marshal|sweeper)|postoffice|bounces?",
    re.IGNORECASE,
)
_ADMINISTRATOR = re.compile(r"(?:system|mail) administrator", re.IGNORECASE)
_PROGRAM = re.compile(r"outlook|apple mail|iphone|ipad|webmail|the bat|evolution|thunderbird|roundcube", re.IGNORECASE)
_GREETING = re.compile(r"\s{0,20}\S[^\n]{0,60}[,!，、！]\s{0,5}\n\s{0,5}\n")
"""A short line of its own with which people begin, whatever their language."""


def is_silent(mail: Mail) -> bool:
    """Tell whether a mail came with the return path of reports, which takes none (RFC 5321 section 4.5.5)."""
    path = mail.headers.get("Return-Path").strip().casefold()
    return path == "<>" or path.startswith("<mailer-daemon")


def is_daemon(mail: Mail) -> bool:
    """Tell whether the sender is one that no person writes as, such as mailer-daemon@; some give no address at all."""
    if mail.sender is None:
        return bool(_NAME.fullmatch(mail.headers.get("From").strip('<>" \t')[:120]))
    return _DAEMON.fullmatch(_local(mail.sender)) is not None


def is_system(person: Address) -> bool:
    """Tell whether address or name are a mail system's; people write from some of them, too, such as postmaster@."""
    local = _local(person)
    return bool(_DAEMON.fullmatch(local) or _SYSTEM.fullmatch(local) or _NAME.fullmatch(person.name.strip()[:120]))


def is_filter(person: Address) -> bool:
    """Tell whether address or name are those of a filter or an administrator, who write much else beside reports."""
    return bool(_FILTER.fullmatch(_local(person)) or _ADMINISTRATOR.fullmatch(person.name.strip()[:120]))


def is_by_hand(mail: Mail) -> bool:
    """Tell whether somebody wrote a mail: it answers one, wants an answer, names a mail program, or greets."""
    program = "User-Agent" in mail.headers or _PROGRAM.search(mail.headers.get("X-Mailer")[:100])
    wants_answer = any(one != mail.sender and not is_system(one) for one in mail.reply_to)
    return bool(mail.in_reply_to or wants_answer or program or _GREETING.match(mail.text[:200]))


def is_report(mail: Mail) -> bool:
    """Tell whether a part with a report speaks for the mail that holds it: people attach such parts as well."""
    if "multipart/report" in mail.headers.get("Content-Type")[:2_000].casefold():
        return True
    if mail.sender is None or is_silent(mail) or is_daemon(mail):
        return True
    return (is_system(mail.sender) or is_filter(mail.sender)) and not is_by_hand(mail)


def _local(person: Address) -> str:
    return person.address.rpartition("@")[0][:120]
