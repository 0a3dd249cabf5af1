"""The block of header fields that mail programs put above the history (From, Sent, To, Subject), in any language.

A block in a language that is listed is known by the names of its fields; in any other, by what stands in them: a date
with a time, and the subject of this very mail.
"""

import re
from collections.abc import Iterator

from mailgateway.mail.content.text import Line
from mailgateway.mail.written.evidence import ADDRESS, DAY, LONGEST, tells_when
from mailgateway.mail.written.subjects import normalised

_MOST_FIELD_LINES = 12

# Names of fields, in the languages people have their mail programs set to.
_FROM = (
    r"from|von|de|van|da|fra|från|od|lähettäjä|feladó|de la|от|от кого|від|від кого|kimden|gönderen|από|发件人|"
    r"寄件者|寄件人|差出人|送信者|送信元|"
    r"보낸 ?사람|מאת|من|từ|expéditeur|remitente|mittente|afzender"
)
_SENT = (
    r"sent|gesendet|envoyé|envoyé le|enviado|enviado el|enviada em|enviada|inviato|verzonden|sendt|skickat|lähetetty|"
    r"wysłano|wysłane|odesláno|odoslané|elküldve|küldve|trimis|отправлено|надіслано|відправлено|gönderildi|"
    r"gönderme tarihi|εστάλη|στάλθηκε|发送时间|已傳送|送信日時|보낸 ?날짜|נשלח|تم الإرسال|đã gửi|gửi"
)
_DATED = (
    r"date|datum|fecha|data|dato|päivämäärä|dátum|дата|tarih|ημερομηνία|日期|寄件日期|日時|日付|날짜|תאריך|تاريخ|"
    r"ngày|ngày gửi"
)
_SUBJECT = (
    r"subject|betreff|objet|asunto|oggetto|assunto|onderwerp|emne|ämne|aihe|temat|předmět|predmet|tárgy|subiect|"
    r"тема|konu|θέμα|主题|主旨|主題|件名|제목|נושא|الموضوع|chủ đề|tiêu đề"
)
_OTHER = (
    rf"{_SENT}|{_DATED}|{_SUBJECT}|"
    r"to|cc|reply-to|importance|attachments|an|kopie|à|para|a|aan|til|till|vastaanottaja|do|"
    r"dw|komu|címzett|către|кому|копия|копія|kime|bilgi|προς|κοιν|收件人|抄送|收件者|副本|宛先|받는 ?사람|alıcı|"
    r"참조|אל|إلى|đến|tới"
)
_FROM_FIELD = re.compile(rf"^\W{{0,4}}(?:{_FROM})\W{{0,3}}[:：]\W{{0,4}}\S.{{0,300}}$", re.IGNORECASE)
_FIELD = re.compile(rf"^\W{{0,4}}(?:{_FROM}|{_OTHER})\W{{0,3}}[:：]", re.IGNORECASE)
_SENT_FIELD, _DATE_FIELD, _SUBJECT_FIELD = (
    re.compile(rf"^\W{{0,4}}(?:{names})\W{{0,3}}[:：]", re.IGNORECASE) for names in (_SENT, _DATED, _SUBJECT)
)
_ANY_FIELD = re.compile(r"^[\s*_]{0,4}([^\W\d_][^:：<>@\n]{0,30})[:：]")
_NOTES_TO = frozenset({"to", "an", "pour", "à", "a", "para", "do", "aan"})
_NOTES_SUBJECT = frozenset(
    {"subject", "thema", "betreff", "objet", "oggetto", "asunto", "assunto", "temat", "onderwerp"}
)
_MOST_NOTES_LINES = 14


def has_colon(text: str) -> bool:
    """Tell whether a line can be a field at all: most lines are dismissed by this."""
    return ":" in text or "：" in text


def sender_field(text: str) -> str:
    """Return what a line says of the sender as a field of a header block does (`From: NAME <ADDRESS>`), else ""."""
    found = _FROM_FIELD.match(text[:LONGEST]) if has_colon(text) else None
    return re.split("[:：]", found[0], maxsplit=1)[1].strip() if found else ""


def header_block(lines: list[Line], start: int, subject: str = "") -> int:
    """Return how many lines a header block of a quoted mail at `start` has, 0 for none.

    `subject` is that of the mail it stands in, as `normalised` gives it: by it a block in any language is known.
    """
    if not has_colon(lines[start].text):
        return 0
    return _known_block(lines, start) or (_strange_block(lines, start, subject) if subject else 0)


def _known_block(lines: list[Line], start: int) -> int:
    """Measure a block whose fields have known names: a sender, a date and one more, and what only a mail has.

    Without that it can be a journey as well: From: Berlin, To: Munich, Date: tomorrow.
    """
    if not _FIELD.match(lines[start].text[:LONGEST]):
        return 0
    fields: list[str] = []
    last = start
    for place in range(start, min(start + _MOST_FIELD_LINES, len(lines))):
        text = lines[place].text[:LONGEST]
        if _FIELD.match(text):
            fields.append(text)
            last = place
        elif not text.strip() and (place - last > 1 or len(fields) >= 3):
            break
    return last - start + 1 if len(fields) >= 3 and _is_of_a_mail(fields) else 0


def _is_of_a_mail(fields: list[str]) -> bool:
    """Tell whether fields name a sender and a date, and a subject, an address, or a time at which it was sent."""
    sent = [field for field in fields if _SENT_FIELD.match(field)]
    if not (sent or any(map(_DATE_FIELD.match, fields))) or not any(map(_FROM_FIELD.match, fields)):
        return False
    return any(_SUBJECT_FIELD.match(field) or ADDRESS.search(field) for field in fields) or any(map(tells_when, sent))


def _strange_block(lines: list[Line], start: int, subject: str) -> int:
    """Measure a block in an unknown language: three fields or more, one a day and time, one this mail's own subject."""
    step = 2 if start + 1 < len(lines) and not lines[start + 1].text.strip() else 1
    values = list(_values(lines[start : start + _MOST_FIELD_LINES * step], step))
    dated = any(map(tells_when, values))
    known = len(values) >= 3 and values[0] and dated and any(normalised(value) == subject for value in values)
    return (len(values) - 1) * step + 1 if known else 0


def _values(lines: list[Line], step: int) -> Iterator[str]:
    """Give what stands in the lines that look like fields, from the first on, as long as they are `step` apart."""
    for place in range(0, len(lines), step):
        found = _ANY_FIELD.match(lines[place].text[:LONGEST])
        if not found or any(line.text.strip() for line in lines[place + 1 - step : place] if place):
            return
        yield lines[place].text[found.end() : LONGEST].strip(" \t*_")


def notes_block(lines: list[Line], start: int) -> bool:
    """Tell whether Lotus Notes' block begins here: name and date, then To, cc and Subject on lines of their own."""
    window = [line.text.strip(" \t:").casefold() for line in lines[start : start + _MOST_NOTES_LINES]]
    if not _NOTES_TO.intersection(window[1:]) or not _NOTES_SUBJECT.intersection(window[2:]):
        return False
    return bool(ADDRESS.search(window[0])) and any(DAY.search(text) for text in window[1:4])
