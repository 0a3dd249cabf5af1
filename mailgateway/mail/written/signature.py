"""Signatures, and what phones and scanners add under a mail: found by form only, nothing cut when in doubt."""

import re

from mailgateway.mail.content.marks import Mark
from mailgateway.mail.content.text import Line
from mailgateway.mail.written.device import is_device_line, is_scanner_line

_DELIMITER = re.compile(r"^(?:--|—|––|-- ?\u00a0?)\s*$")
_STANDARD = "-- "
_DRAWN = re.compile(r"^_{2,}\s*$")
_LINE = re.compile(r"^[-_*=]{2,}\s*$")
_WORD = re.compile(r"[^\W\d_]{2}")
_SENTENCE = re.compile(r"\S\s+\S+\s+\S+\s+\S+[.?!]\s*$|[。？！]\s*$")
_MOST_SIGNATURE = 25
# A question, or a person who speaks of themselves, as signatures and disclaimers do not.
_SPEAKS = re.compile(
    r"[?？؟](?:\s|$)|(?<![\w.@/'’-])(?:I|[Ii]ch|[Mm]ir|[Mm]ich|[Jj]e|[Jj]['’]\w{1,20}|[Yy]o|[Ee]u|[Ii]o|[Ii]k|[Mm]ij|"
    r"[Jj]ag|[Jj]eg|[Яя]|[Мм]не|[Мм]еня|[Mm]nie|[Mm]oj(?:e|a|ego|ej|ą|ich|im)|[Mm]inä)(?![\w.@/-])"
)

_DISCLAIMER = re.compile(
    r"^\W{0,6}(?:confidentiality\b|disclaimer\b|(?:legal|privacy) (?:notice|disclaimer)|notice:|"
    r"important notice|privileged|"
    r"(?:this|the information (?:contained )?in this|the contents? of this) (?:e-?mail|message|"
    r"communication|transmission)|"
    r"diese (?:e-?mail|mail|nachricht)|der inhalt dieser|ce (?:message|courriel|mail)|este (?:mensaje|"
    r"correo|e-?mail)|"
    r"esta (?:mensagem|comunicación)|(?:questo|il presente) messaggio|dit (?:e-?mail)?bericht|deze e-?mail|"
    r"(?:niniejsza|ta) wiadomość|treść (?:tej|niniejszej) wiadomości|informacje zawarte|tento e-?mail|"
    r"táto správa|detta (?:e-?post)?meddelande)",
    re.IGNORECASE,
)
_CONFIDENTIAL = re.compile(
    r"confidenti|confidenci|vertraulich|vertrouwelijk|poufn|riservat|důvěrn|dôvern|konfidentiell|"
    r"fortrolig|intended (?:only |solely )?"
    r"(?:recipient|for|addressee)|unauthori[sz]ed|privileged",
    re.IGNORECASE,
)


_ADDRESSEE = re.compile(
    r"recipient|addressee|intended|received|disclos|unauthori[sz]|in error|empfänger|adressat|erhalten|irrtümlich|"
    r"unbefugt|destinat|par erreur|por error|per errore|por engano|odbiorc|adresat|ontvanger|geadresseerde|příjemc|"
    r"adresát|"
    r"mottagar|modtager|mottaker|получател|адресат|címzett",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"mail|message|communication|transmission|nachricht|courriel|mensaje|correo|mensagem|comunicación|messaggio|bericht|"
    r"wiadomoś|správa|zpráv|meddelande|meddelelse|информац|сообщен",
    re.IGNORECASE,
)
_MOST_WORDS_BEHIND = 2
_MOST_PARAGRAPHS = 4
_MOST_READ = 1_000


def without_signature(lines: list[Line]) -> list[Line]:
    """Return lines without the signature at their end; lines that the HTML marks as one go wherever they stand.

    Where nothing else is left and it holds a sentence, it is kept: people write below its beginning as well.
    """
    kept = unsigned(lines)
    if any(_is_word(line) for line in kept):
        return kept
    rest = without_device_line(lines)
    return rest if any(_is_word(line) and _SENTENCE.search(line.text[:_MOST_READ]) for line in rest) else kept


def unsigned(lines: list[Line]) -> list[Line]:
    """Return lines without a signature, a disclaimer, and what phones add, even if nothing is left."""
    kept = [line for line in lines if line.mark is not Mark.SIGNATURE]
    for place in range(max(0, len(kept) - 2 * _MOST_SIGNATURE), len(kept)):
        if kept[place].depth == 0 and _begins(kept, place):
            kept = kept[:place]
            break
    return without_device_line(_without_disclaimer(without_device_line(kept)))


def _is_word(line: Line) -> bool:
    return bool(line.text.strip()) and line.depth == 0


def _without_disclaimer(lines: list[Line]) -> list[Line]:
    """Return lines without last paragraphs that only say, in the usual words, how confidential the mail is."""
    start = place = len(lines)
    for _ in range(_MOST_PARAGRAPHS):
        end = place = _end_of_words(lines, place)
        while place and lines[place - 1].text.strip():
            place -= 1
        paragraph = " ".join(line.text for line in lines[place : min(end, place + 40)])[:4_000]
        if not place or not _MAIL.search(paragraph) or _SPEAKS.search(paragraph):
            break
        if _is_disclaimer(paragraph):
            start = place
        elif not _ADDRESSEE.search(paragraph):
            break
    return lines[:start]


def _end_of_words(lines: list[Line], place: int) -> int:
    while place and not lines[place - 1].text.strip():
        place -= 1
    return place


def _is_disclaimer(text: str) -> bool:
    """Tell whether a paragraph about a mail says that it is confidential, and to whoever it may have reached.

    "This mail is confidential" says enough; "this mail holds confidential data of others" may be a complaint.
    """
    if not _DISCLAIMER.match(text):
        return False
    said = list(_CONFIDENTIAL.finditer(text))
    return bool(said) and bool(_ADDRESSEE.search(text) or len(text[said[-1].end() :].split()[1:]) < _MOST_WORDS_BEHIND)


def _begins(lines: list[Line], place: int) -> bool:
    """Tell whether a signature begins here: a delimiter, or a drawn line above a list's footer or a few words."""
    text = lines[place].text
    if _DELIMITER.match(text):
        return _is_end(lines, place) and (text == _STANDARD or not _speaks(lines[place + 1 :]))
    if not _DRAWN.match(text) or not _is_end(lines, place):
        return False
    after = [line.text for line in lines[place + 1 :] if line.text.strip()]
    if any("mailing list" in line.casefold() or "/listinfo" in line for line in after[:5]):
        return True
    set_apart = place > 0 and not _WORD.search(lines[place - 1].text)  # else it is drawn under a sum or a field
    return set_apart and len(after) <= 2 and not _speaks(lines[place + 1 :])


def _speaks(lines: list[Line]) -> bool:
    """Tell whether somebody speaks here, so that it is no signature."""
    return any(_SPEAKS.search(line.text[:_MOST_READ]) for line in lines)


def _is_end(lines: list[Line], place: int) -> bool:
    """Tell whether little enough follows a delimiter for it to begin a signature, and something stands before it."""
    after = [line for line in lines[place + 1 :] if line.text.strip()]
    return len(after) <= _MOST_SIGNATURE and all(line.depth == 0 for line in after)


def without_device_line(lines: list[Line]) -> list[Line]:
    """Return lines without blank lines, "Sent from my ..." and what a virus scanner added at their end."""
    last, scanned = len(lines), False
    while last:
        line = lines[last - 1]
        added = is_scanner_line(line.text) or (scanned and bool(_LINE.match(line.text)))
        if line.text.strip() and (line.depth or not (added or is_device_line(line.text))):
            break
        scanned = scanned or added
        last -= 1
    return lines[:last]
