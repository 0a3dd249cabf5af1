"""Delivery reports that follow no standard: known by sender, subject and wording, read with a few plain patterns."""

import re

from mailgateway.mail.model import Bounce, Mail

_SENDER = re.compile(
    r"mailer[._ -]?daemon|mail[._ -]?daemon|postmaster|mdaemon|mail[._ -]?(?:delivery|transfer|deliver)|maildelivery|"
    r"delivery|postoffice|mail[._-]?admin|system administrator|mail administrator|mailsystem|bounces?\b|"
    r"smtp-?(?:daemon|server)|anti-?virus|gateway|scanner|mailmarshal|mailsweeper",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"mailer[._ -]?daemon", re.IGNORECASE)
_ANSWER = re.compile(r"(?:re|aw|fwd?|wg|odp|pd|sv|vs|tr|rv) ?:", re.IGNORECASE)
_SUBJECT = re.compile(
    r"undeliver|delivery (?:status|fail|error|problem|report|notif|has failed|delay|incomplete|temporar)|deliverable|"
    r"return(?:ed|ing)? (?:mail|to sender|message)|mail (?:delivery|system error|could not|failure|failed|returned)|"
    r"(?:message|mail|e-mail|email) (?:status|delivery|delayed|undelivered|not delivered)|failure notice|"
    r"non-?delivery|nondeliverable|not delivered|rejected mail|user unknown|unknown user|"
    r"warning: (?:could not|message)|"
    r"(?:could not|couldn't|cannot|can't) (?:be )?(?:send|sent|deliver|delivered)|bounced? (?:mail|message)|"
    r"unzustellbar|zustellung|unable to deliver|no se puede entregar|non remis|notifica(?:tion|ción|"
    r"zione).{0,40}(?:fail|fall|échec)|"
    r"宛先|配信|送信|エラー|退信|error sending|inactive|failed mail|"
    r"address(?:ee)? (?:unknown|not found)|problem delivering",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delay(?:ed)?\b|warning: (?:could not|message)|not yet been delivered|still (?:being )?(?:trying|"
    r"retr)|will (?:be|keep|continue) (?:re)?try"
    r"|temporar(?:y|ily)|postponed|delivery attempts will continue|continue to (?:try|attempt)|"
    r"this is (?:only )?a warning|you do not need to resend|no action is required",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"permanent|giv(?:en|ing) up|could ?n[o']t be delivered|failed permanently|undeliverable|"
    r"fatal error|was not delivered",
    re.IGNORECASE,
)
_WORDING = re.compile(
    r"user unknown|unknown user|no such user|mailbox (?:is )?(?:full|unavailable|not found|disabled|"
    r"exceeded|quota)|quota exceeded|over ?quota|"
    r"does(?: not|n't) exist|unknown (?:recipient|address|local)|recipient (?:rejected|unknown|"
    r"not found)|not (?:be )?delivered|undeliver|"
    r"(?:could|can) ?not (?:be )?(?:deliver|sen[dt])|couldn't be delivered|unable to (?:deliver|relay)|"
    r"relay(?:ing)? denied|host (?:unknown|not found)|"
    r"invalid (?:recipient|address|mailbox)|address(?:ee)? (?:rejected|unknown|not found)|returned to|"
    r"failed|rejected|bounced|"
    r"did not (?:reach|receive)|(?:wasn.t|not) able to (?:deliver|send)|given up|permanent (?:error|"
    r"failure)|deferred|timed out|connection refused|not responding|full mailbox|postponed|expired|"
    r"account (?:is )?(?:disabled|inactive)|no longer|\b5\d\d[ -]|\b[45]\.\d\.\d{1,3}\b",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^[ \t]*(?:-{2,}[^\n]{0,30}(?:(?:returned|original|undelivered|unsent|copy of|message|header|"
    r"forwarded|mail text)[^\n]{0,60})-{0,}"
    r"|[^\n]{0,20}(?:below this line is a copy|original message (?:follows|header|text)|"
    r"the original message|headers? of (?:the )?(?:original|message)"
    r"|copy of (?:the|your) (?:original )?message|your message follows|message (?:header|follows)|"
    r"text of the message)[^\n]{0,100}"
    r"|(?:received|return-path|message-id): [^\n]{1,500})$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}")
_ECHO = re.compile(r"^[ \t]*(?:to|from|cc|sent|subject|date|reply-to):[^\n]*$", re.IGNORECASE | re.MULTILINE)
_TO_LINE = re.compile(r"^to:[^\n]{1,500}", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,2}\.\d{1,3})(?![\d.])")
_MOST_READ = 20_000


def read_text_bounce(mail: Mail) -> Bounce | None:
    """Return what a report in free words says; `original_message_id` is left to the caller. None for other mails."""
    failed = mail.headers.get("X-Failed-Recipients")
    evidence = _evidence(mail) + 2 * bool(failed)
    if evidence < 2:
        return None
    report = _report(mail.text[:_MOST_READ])
    if evidence < 3 and not _WORDING.search(report):
        return None
    recipient = _recipient(failed, report, mail) or _addressee(mail.text[len(report) : _MOST_READ])
    status = _STATUS.search(report)
    delayed = bool(_DELAY.search(mail.subject + "\n" + report)) and not _FINAL.search(report)
    code = status[1] if status else ""
    if code.startswith("5"):
        delayed = False
    return Bounce(recipient, code, "delayed" if delayed else "failed", _diagnostic(report, recipient))


def _evidence(mail: Mail) -> int:
    """Weigh what speaks for a report: who sent it, with which return path, under which subject."""
    sender = mail.sender
    local = sender.address.rpartition("@")[0] if sender is not None else ""
    daemon = bool(_SENDER.search(local) or (sender is not None and _SENDER.search(sender.name)))
    certain = bool(_DAEMON.match(local))
    path = mail.headers.get("Return-Path").strip().casefold()
    null = path == "<>" or path.startswith("<mailer-daemon") or sender is None
    marked = "multipart/report" in mail.headers.get("Content-Type").casefold() or "X-MS-Embedded-Report" in mail.headers
    answers = bool(_ANSWER.match(mail.subject))
    return daemon + certain + (null or marked) + (bool(_SUBJECT.search(mail.subject[:300])) and not answers)


def _report(text: str) -> str:
    """Return the words of the report, without the copy of the mail behind them."""
    found = _ORIGINAL.search(text, 1)
    report = text[: found.start()] if found else text
    return report if report.strip() else text


def _recipient(failed: str, report: str, mail: Mail) -> str:
    """Choose the address that failed: the named one, else the first in the report that is not one of its own people."""
    if found := _ADDRESS.search(failed):
        return found[0]
    others = {address.key for address in (mail.sender, *mail.to) if address is not None}
    words = _ECHO.sub("", report)
    candidates = [match[0].strip(".'") for match in _ADDRESS.finditer(words)] or _ADDRESS.findall(report)
    fitting = [one for one in candidates if one.casefold() not in others and not _SENDER.match(one)]
    return (fitting or candidates or [""])[0]


def _addressee(copy: str) -> str:
    """Return the addressee that the copy behind a report names, "" where it names none."""
    line = _TO_LINE.search(copy)
    found = _ADDRESS.search(line[0]) if line else None
    return found[0] if found else ""


def _diagnostic(report: str, recipient: str) -> str:
    """Return the line that says why: one with a reply code or the usual words."""
    for line in report.splitlines():
        words = line.strip()
        if re.match(r"(?:<?smtp[;:]? ?)?(?:4|5)\d\d[ -]", words) or (
            _WORDING.search(words) and recipient and recipient in words
        ):
            return " ".join(words.split())[:1_000]
    found = next((line for line in report.splitlines() if _WORDING.search(line)), "")
    return " ".join(found.split())[:1_000]
