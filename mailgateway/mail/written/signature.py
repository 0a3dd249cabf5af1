"""Signatures, and what phones add under a mail: found by their form only, nothing cut when in doubt."""

import re

from mailgateway.mail.content.marks import Mark
from mailgateway.mail.content.text import Line
from mailgateway.mail.written.device import is_device_line

_DELIMITER = re.compile(r"^(?:--|—|––|-- ?\u00a0?)\s*$")
_DRAWN = re.compile(r"^_{2,}\s*$")
_MOST_SIGNATURE = 25


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


def without_signature(lines: list[Line]) -> list[Line]:
    """Return lines without the signature at their end; lines that the HTML marks as one go wherever they stand."""
    kept = [line for line in lines if line.mark is not Mark.SIGNATURE]
    for place in range(max(0, len(kept) - 2 * _MOST_SIGNATURE), len(kept)):
        if kept[place].depth == 0 and _begins(kept, place):
            kept = kept[:place]
            break
    return without_device_line(_without_disclaimer(without_device_line(kept)))


def _without_disclaimer(lines: list[Line]) -> list[Line]:
    """Return lines without a last paragraph that only says, in the usual words, how confidential the mail is."""
    start = len(lines)
    while start and lines[start - 1].text.strip():
        start -= 1
    paragraph = " ".join(line.text for line in lines[start : start + 40])[:4_000]
    if start and _DISCLAIMER.match(paragraph) and _CONFIDENTIAL.search(paragraph):
        return lines[:start]
    return lines


def _begins(lines: list[Line], place: int) -> bool:
    """Tell whether a signature begins here: a delimiter, or a drawn line above a list's footer or a few words."""
    text = lines[place].text
    if _DELIMITER.match(text):
        return _is_end(lines, place)
    if not _DRAWN.match(text) or not _is_end(lines, place):
        return False
    after = [line.text for line in lines[place + 1 :] if line.text.strip()]
    return len(after) <= 2 or any("mailing list" in line.casefold() or "/listinfo" in line for line in after[:5])


def _is_end(lines: list[Line], place: int) -> bool:
    """Tell whether little enough follows a delimiter for it to begin a signature, and something stands before it."""
    after = [line for line in lines[place + 1 :] if line.text.strip()]
    return len(after) <= _MOST_SIGNATURE and all(line.depth == 0 for line in after)


def without_device_line(lines: list[Line]) -> list[Line]:
    """Return lines without blank lines and "Sent from my ..." at their end."""
    last = len(lines)
    while last:
        line = lines[last - 1]
        if line.text.strip() and (line.depth or not is_device_line(line.text)):
            break
        last -= 1
    return lines[:last]
