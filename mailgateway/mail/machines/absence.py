"""Subjects under which mail programs answer by themselves while somebody is away, in the languages they are made in.

The words alone prove nothing, a person can write them too: what tells a machine is that it puts them before the subject
of the mail that it answers.
"""

import re

from mailgateway.mail.model import Mail
from mailgateway.mail.written.subjects import is_answer

_AUTOMATIC = re.compile(
    r"\W{0,3}(?:auto(?:matic(?:ally generated)?)?[ -]?(?:reply|response|answer|responder)|"
    r"out of (?:the )?office(?: auto-?reply| assistant| message| notification)?|ooo(?!\w)|"
    r"away from (?:my|the) (?:mail|office|desk)|vacation (?:reply|message)|holiday (?:reply|message)|"
    r"auto(?:matische )?-?(?:antwort|r[eé]ponse)|abwesenheits(?:notiz|nachricht|meldung|assistent|benachrichtigung)|"
    r"nicht im (?:büro|haus)|"
    r"r[ée]ponse automatique|absence du bureau|message d['’]absence|respuesta autom[áa]tica|fuera de (?:la )?oficina|"
    r"risposta automatica|fuori (?:sede|ufficio)|assente dall['’]ufficio|resposta autom[áàa]tica|fora do escrit[óo]rio|"
    r"automatisch (?:antwoord|bericht)|afwezigheids(?:bericht|melding)|autosvar|automatiskt? svar|"
    r"automaattinen vastaus|odpowied[źz] automatyczna|automatyczna odpowied[źz]|autoodpowied[źz]|"
    r"automatick[áa] odpov(?:[ěe][ďd]|e[ďd])|automatikus v[áa]lasz|h[áa]zon k[íi]v[üu]l|r[ăa]spuns automat|"
    r"автоответ|автоматический ответ|автоматична відповідь|автоматичен отговор|otomatik (?:yan[ıi]t|cevap)|"
    r"automatski odgovor|samodejni odgovor|automatinis atsakymas|automātiskā atbilde|automaatvastus|balasan otomatis|"
    r"αυτόματη απάντηση|εκτός γραφείου|自动(?:回复|答复)|自動(?:回覆|応答|返信)|不在(?:通知|連絡)|자동 ?(?:회신|응답)|"
    r"ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ|"
    r"מענה אוטומטי|תשובה אוטומטית|رد تلقائي|الرد التلقائي|trả lời tự động|thư trả lời tự động)",
    re.IGNORECASE,
)
"""What no person would put before a subject."""
_ABSENT = re.compile(
    r"\W{0,3}(?:auto|(?:i['’]m |i am )?(?:away|absent|on (?:\w{1,12} )?(?:leave|holidays?|vacation))|"
    r"annual leave|vacation|(?:im )?urlaub|abwesen(?:d|heit)|au(?:ß|ss)er haus|absent|absence|(?:en )?congés?|"
    r"ausente|ausencia|(?:de )?vacaciones|assen(?:te|za)|(?:in )?ferie|aus[êe]ncia|(?:de )?f[ée]rias|afwezig(?:heid)?|"
    r"niet aanwezig|niet op kantoor|(?:op |met )?vakantie|(?:na )?urlop(?:ie)?|(?:jestem )?nieobecn\w{1,5}|poza biurem|"
    r"nep[řr][íi]tomn\w{1,6}|mimo kancel[áa][řr]i?|dovolen(?:á|ka)|(?:в )?отпуске?|вне офиса|"
    r"отсутств\w{1,4}[^:：]{0,20}|нет на месте|у відпустці|відсутн\w{1,5}|fr[åa]nvar(?:o|ande)|semester|"
    r"ej på (?:kontoret|plats)|fravær(?:ende)?|ikke (?:til stede|på kontoret)|poissa(?:olo)?|lomalla|ofis dışında|"
    r"izin(?:deyim)?|szabadság\w{0,4}|(?:în )?concediu|不在|休暇中?|休假中?|外出|부재 ?중|휴가)(?!\w)",
    re.IGNORECASE,
)
"""What a person may write, too, unless a mark such as Re: or the tag of a ticket follows."""
_NOTES = re.compile(r"AUTO: .{1,80}\(.{0,60}\d.{0,20}\)$")
"""Notes says who is away, and in brackets until when."""
_BEFORE_SUBJECT = re.compile(r"\s?[:：]\s?(\S.*)")
_AFTER_WORDS = re.compile(r"[\s:：)\]–—-]{1,5}")
_TAG = re.compile(r"\[[^\[\]]{0,20}\d\]")
_NUMBER = re.compile(r"#\s?\d")


def tells_absence(subject: str) -> bool:
    """Tell whether a subject begins as that of an automatic answer, or with its writer's absence."""
    return bool(_AUTOMATIC.match(subject[:200]) or _ABSENT.match(subject[:200]))


def is_headed_as_automatic(mail: Mail, *, is_supported: bool) -> bool:
    """Tell whether a subject stands before that of the answered mail, as automatic answers head it.

    That a mail answers one is told by the ids it names, or a number such as #10234 in that subject; where something
    else supports that it is automatic, the heading by itself is enough.
    """
    subject = mail.subject[:200]
    answers = bool(mail.in_reply_to or mail.references)
    if answers and _NOTES.match(subject):
        return True
    if words := _AUTOMATIC.match(subject):
        before = _BEFORE_SUBJECT.match(subject, words.end())
        if before and (answers or is_supported or _NUMBER.search(before[1])):
            return True
        if is_supported and not subject[words.end() :].strip(" :.!"):
            return True
    else:
        words = _ABSENT.match(subject)
    return words is not None and answers and _is_answered_subject(subject, words.end())


def _is_answered_subject(subject: str, start: int) -> bool:
    """Tell whether the subject of an answered mail stands at a place: behind a mark such as Re:, or a ticket's tag."""
    between = _AFTER_WORDS.match(subject, start)
    if between is None:
        return False
    return bool(_TAG.match(subject, between.end()) or is_answer(subject[between.end() :]))
