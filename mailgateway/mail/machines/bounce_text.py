"""Delivery reports that follow no standard: known by sender, subject and wording, read with a few plain patterns."""

import re

from mailgateway.mail.machines.absence import tells_absence
from mailgateway.mail.machines.mail_system import is_by_hand, is_daemon, is_filter, is_silent, is_system
from mailgateway.mail.model import Address, Bounce, Mail
from mailgateway.mail.written.subjects import is_answer

_SUBJECT = re.compile(
    r"undeliver|delivery (?:status|fail|error|problem|report|notif|has failed|delay|incomplete|temporar)|deliverable|"
    r"return(?:ed|ing)? (?:mail|to sender|message)|mail (?:delivery|system error|could not|failure|failed|returned)|"
    r"(?:message|mail|e-mail|email) (?:status(?! - (?!undeliver))|delivery|delayed|undelivered|not delivered)|"
    r"failure notice|non-?delivery|nondeliverable|not delivered|rejected mail|user unknown|unknown user|"
    r"warning: (?:could not|message)|"
    r"(?:could not|couldn't|cannot|can't) (?:be )?(?:send|sent|deliver|delivered)|bounced? (?:mail|message)|"
    r"unzustellbar|zustellungsfehler|nicht zugestellt|zustellung|niedostarczal|nie dostarczono|zwrot wiadomości|"
    r"niet bezorgd|onbestelbaar|"
    r"ikke lever|kunne ikke lever|kan inte leverera|inte levererat|oleveransbar|toimittaminen epäonnistui|nedoručiteln|"
    r"nedoručen|kézbesíthetetlen|nelivrabil|недоставлен|не доставлен|недоставлено|не вдалося|teslim edilemedi|"
    r"δεν παραδόθηκε|non recapitabile|impossibile recapitare|não (?:foi )?entregue|falha na entrega|no entregado|"
    r"échec de (?:la )?remise|未送达|未传递|无法送达|無法傳遞|배달되지|전송 실패|반송|לא ניתן למסור|تعذر التسليم|"
    r"không gửi được|unable to deliver|no se puede entregar|non remis|notifica(?:tion|ción|"
    r"zione).{0,40}(?:fail|fall|échec)|"
    r"宛先|配信|送信|エラー|退信|error sending|inactive|failed mail|"
    r"address(?:ee)? (?:unknown|not found)|problem delivering",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delay(?:ed)?\b|warning: (?:could not|message)|not yet been delivered|still (?:being )?(?:trying|"
    r"retr)|will (?:(?:be|keep|continue) (?:to )?)?(?:re)?tr(?:y|ied)"
    r"|postponed|continue to (?:try|attempt)",
    re.IGNORECASE,
)
# What only a report of a delay says, whatever else it says.
_WARNING = re.compile(
    r"this is (?:only )?a warning|do not need to re-?send|no action is required|attempts will continue|"
    r"still (?:being )?retr(?:y|ied)",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"permanent (?:fatal |delivery )?(?:error|failure)|giv(?:en|ing) up|could ?n[o']t be delivered|"
    r"(?<!fails )permanently|undeliverable(?! for \d)|fatal error|was not delivered|returned (?:mail|to sender)|"
    r"returning (?:message )?to sender",
    re.IGNORECASE,
)
# What a report of success says, if only by the server's answer. It may go on to warn of failures to come.
_SUCCESS = re.compile(
    r"(?<!not )(?<!not be )(?<!not been )success(?:ful)?(?:ly)? (?:delivered|relayed|delivery notification)|"
    r"(?<!\d)2\d\d[ -]2\.\d\.\d",
    re.IGNORECASE,
)
# Words without which hardly a sentence is English: in it a failure is said in words that we know.
_ENGLISH = re.compile(r"\b(?:the|your|you)\b", re.IGNORECASE)
_WORDING = re.compile(
    r"user unknown|unknown user|no such user|mailbox (?:is )?(?:full|unavailable|not found|disabled|"
    r"exceeded|quota)|quota exceeded|over ?quota|"
    r"does(?: not|n't) exist|unknown (?:recipient|address|local)|recipient (?:rejected|unknown|"
    r"not found)|not (?:be(?:en)? )?(?:successfully )?delivered|undeliver|"
    r"(?:could|can) ?not (?:be )?(?:successfully )?(?:deliver|sen[dt])|couldn't be delivered|"
    r"unable to (?:deliver|relay)|"
    r"relay(?:ing)? denied|host (?:unknown|not found)|"
    r"invalid (?:recipient|address|mailbox)|address(?:ee)? (?:rejected|unknown|not found)|returned to|"
    r"failed|rejected|bounced|"
    r"did not (?:reach|receive)|(?:wasn.t|not) able to (?:deliver|send)|given up|permanent (?:error|"
    r"failure)|deferred|timed out|connection refused|not responding|full mailbox|postponed|expired|"
    r"(?:nicht|konnte nicht) (?:gesendet|zugestellt)|nie (?:można|udało się|została?) dostarcz|"
    r"n['’]a pas (?:pu [eê]tre|été) "
    r"(?:remis|distribu|d[ée]livr)|no (?:se )?(?:pudo|ha podido|puede) (?:ser )?entreg|"
    r"não (?:pôde|foi) (?:ser )?entreg|"
    r"non (?:[eè] stato|pu[oò] essere) (?:recapitat|consegnat)|niet (?:worden )?(?:bezorgd|afgeleverd)|"
    r"не (?:удалось доставить|было доставлено|доставлено)|(?:配信|送信)できません|届けられません|无法(?:投递|送达|"
    r"传递)|"
    r"account (?:is )?(?:disabled|inactive)|no longer|\b5\d\d[ -]|\b[45]\.\d\.\d{1,3}\b",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^[ \t]*(?:-{2,}[^\n]{0,30}(?:(?:returned|original|undelivered|unsent|copy of|message|header|"
    r"forwarded|mail text)[^\n]{0,60})-{0,}"
    r"|[^\n]{0,20}(?:below this line is a copy|original message (?:follows|header|text)|"
    r"the original message(?! was )|headers? of (?:the )?(?:original|message)"
    r"|copy of (?:the|your) (?:original )?message|your message follows|message (?:header|follows)|"
    r"text of the message)[^\n]{0,100}"
    r")$|^(?:received|return-path|message-id): [^\n]{1,500}$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}")
_ECHO = re.compile(r"^[ \t]*(?:to|from|cc|sent|subject|date|reply-to|message-id):[^\n]*$", re.IGNORECASE | re.MULTILINE)
_TO_LINE = re.compile(r"^to:[^\n]{1,500}", re.IGNORECASE | re.MULTILINE)
# An address at the beginning of a line, or behind a label, as reports name who was not reached.
_LISTED = re.compile(
    r"^[ \t>*\"'<\[|-]{0,40}+(?:[^\n:：@]{1,60}[:：][ \t]{0,10}[\"'<\[(]{0,3}(?:smtp:)?)?(" + _ADDRESS.pattern + ")",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS = re.compile(r"(?<![\w.])([45]\.\d{1,2}\.\d{1,3})(?!\w|\.\d)")
_REPLIED = re.compile(r"(?<!\d)[45]\d\d[ -]{1,2}['\"]?([45]\.\d{1,2}\.\d{1,3})(?!\w|\.\d)")
# How a report may begin that calls itself a reply: nobody begins a mail of their own like this.
_OPENING = re.compile(
    r"[\s*=#-]{0,200}(?:your|the|this|votre|ihre|su|sua|il suo|uw|twoja) (?:e-?mail |mail )?"
    r"(?:message|e-?mail|mail|nachricht|mensaje|mensagem|messaggio|bericht|wiadomość)"
    r"[^\n]{0,40}\s(?:could not be|cannot be|can't be|was not|n'a pas pu [eê]tre|"
    r"n'a pu [eê]tre|konnte nicht|no (?:se )?pudo|"
    r"não pôde|non [eè] stato|nie została) (?:deliver|delivre|délivr|remis|zugestellt|"
    r"ser? entreg|entreg|recapitat|dostarczon)",
    re.IGNORECASE,
)
# A list server's refusal of a mail that was sent to its list.
_LIST_SERVER = re.compile(
    r".{0,60}[-.](?:admin|owner|request|bounces|ctl)|(?:fml|majordomo|listserv|mailman|sympa|ezmlm).{0,60}"
)
_REFUSED = re.compile(
    r"\b(?:not|n't) (?:an? )?(?:member|subscribe[rd])|members?[ -]only|(?:not|n't) (?:allowed|"
    r"authori[sz]ed|permitted) to "
    r"(?:post|send)|post (?:by|from) non-?member|non-?member submission",
    re.IGNORECASE,
)
_REPLY_CODE = re.compile(
    r"(?:^|[:>]|said|error|code)[ \t]{0,3}['\"(]?([45])[0-5]\d[ -]{1,2}[^\W\d]", re.IGNORECASE | re.MULTILINE
)
_MOST_READ = 20_000


def temporary(text: str) -> str:
    """Return 4.0.0 where the first reply that a text cites says *not now* and has no status (RFC 3463), else ""."""
    found = _REPLY_CODE.search(text)
    return "4.0.0" if found and found[1] == "4" else ""


def read_text_bounce(mail: Mail) -> Bounce | None:
    """Return what a report in free words says; `original_message_id` is left to the caller. None for other mails."""
    failed = mail.headers.get("X-Failed-Recipients")
    is_sure = bool(failed) or _is_refused_by_list(mail) or _opens_like_a_report(mail)
    if not (is_sure or is_silent(mail) or mail.sender is None or is_system(mail.sender) or is_filter(mail.sender)):
        return None
    report = _report(mail.text[:_MOST_READ])
    if not (is_sure or _is_report(mail, report)) or _is_of_success(report):
        return None
    recipient = _recipient(failed, report, mail) or _addressee(mail.text[len(report) : _MOST_READ])
    status = _REPLIED.search(report) or _STATUS.search(report)
    code = status[1] if status else temporary(report)
    delayed = not code.startswith("5") and _is_of_delay(mail.subject[:300], report)
    return Bounce(recipient, code, "delayed" if delayed else "failed", _diagnostic(report, recipient))


def _is_report(mail: Mail, report: str) -> bool:
    """Weigh who sent a mail, with which return path and subject, and whether it says whom a mail did not reach.

    The less its sender is known for a mail system, the more has to be said: people write of mail that came back.
    """
    named = bool(_SUBJECT.search(mail.subject[:300])) and not is_answer(mail.subject)
    words = bool(_WORDING.search(report) or _DELAY.search(report) or _WARNING.search(report))
    told = _tells_of_a_mail(mail, report)
    people = _strangers(mail, _ADDRESS.findall(report))
    is_foreign = not _ENGLISH.search(report)
    if is_daemon(mail):
        return words or told or (bool(people) and (named or is_foreign))
    if tells_absence(mail.subject):
        return False
    listed = _strangers(mail, _LISTED.findall(report))
    is_of_system = mail.sender is None or is_system(mail.sender)
    is_of_filter = mail.sender is not None and is_filter(mail.sender)
    if not is_silent(mail):
        return (is_of_system or is_of_filter) and named and words and bool(listed) and not is_by_hand(mail)
    if is_of_system:
        return told or (len(listed) == 1 and is_foreign) or (words and (named or bool(people)))
    return named and words and (told or is_of_filter)


def _opens_like_a_report(mail: Mail) -> bool:
    """Tell whether a report is headed like an answer, as by some mailers; a person's names the mail that it answers."""
    if mail.in_reply_to or mail.references or not is_answer(mail.subject):
        return False
    if not (_SUBJECT.search(mail.subject[:300]) and _OPENING.match(mail.text[:1_000])):
        return False
    return bool(_strangers(mail, _LISTED.findall(mail.text[:_MOST_READ])))


def _tells_of_a_mail(mail: Mail, report: str) -> bool:
    """Tell whether a mail holds a copy of another one, or the code with which one was refused."""
    copied = len(report) < len(mail.text[:_MOST_READ]) or any(
        one.content_type.startswith(("message/", "text/rfc822")) for one in mail.attachments
    )
    return copied or _STATUS.search(report) is not None


def _strangers(mail: Mail, addresses: list[str]) -> list[str]:
    """Return the addresses, each once, that are neither the sender's, nor the reader's, nor a mail system's."""
    others = {one.key for one in (mail.sender, *mail.to) if one is not None}
    return [one for one in dict.fromkeys(addresses) if one.casefold() not in others and not is_system(Address("", one))]


def _is_of_success(report: str) -> bool:
    return bool(_SUCCESS.search(report)) and not (_WORDING.search(report) or _STATUS.search(report))


def _is_of_delay(subject: str, report: str) -> bool:
    """Tell whether a report says that a mail is late. Its subject may hold the mail's own, and counts for less."""
    words = _ECHO.sub("", report)
    if _WARNING.search(words):
        return True
    if _FINAL.search(words):
        return False
    return bool(_DELAY.search(words)) or (bool(_DELAY.search(subject)) and not _FINAL.search(subject))


def _is_refused_by_list(mail: Mail) -> bool:
    """Tell whether a list server says that it does not take a mail, since its writer is no member."""
    local = mail.sender.key.rpartition("@")[0][:200] if mail.sender is not None else ""
    served = "X-MLServer" in mail.headers or "X-ML-Info" in mail.headers or "X-Mailman-Version" in mail.headers
    if not (_LIST_SERVER.fullmatch(local) and (served or "X-BeenThere" in mail.headers or mail.in_reply_to)):
        return False
    return bool(_REFUSED.search(mail.subject[:300]) and _REFUSED.search(mail.text[:1_000]))


def _report(text: str) -> str:
    """Return the words of the report, without the copy of the mail behind them."""
    found = _ORIGINAL.search(text, 1)
    report = text[: found.start()] if found else text
    return report if report.strip() else text


def _recipient(failed: str, report: str, mail: Mail) -> str:
    """Choose the address that failed: the named one, else the first in the report that is not one of its own people."""
    if found := _ADDRESS.search(failed):
        return found[0]
    words = _ECHO.sub("", report)
    candidates = [match[0].strip(".'") for match in _ADDRESS.finditer(words)] or _ADDRESS.findall(report)
    return next(iter(_strangers(mail, candidates) or _LISTED.findall(words)), "")


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
