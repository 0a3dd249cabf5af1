"""Signatures, and what phones add under a mail: found by their form only, nothing cut when in doubt."""

import re

from mailgateway.mail.text import Line, Mark

_LONGEST = 200
_DELIMITER = re.compile(r"^(?:--|—|––|-- ?\u00a0?)\s*$")
_DRAWN = re.compile(r"^_{2,}\s*$")
_DEVICE = re.compile(
    r"^\W{0,4}(?:sent (?:from|via|using|with|by) (?:my )?(?:\S*(?:phone|pad|pod|mail|berry|android|"
    r"samsung|galaxy|outlook)\b.{0,80}|(?!me\b|us\b|you\b)[^\s,]{1,80}(?: [^\s,]{1,40}){0,5})|"
    r"get outlook for \S{2,20}.{0,60}|"
    r"(?:von|mit) (?:meinem|meiner|dem|der) .{1,60} gesendet.{0,40}|gesendet (?:von|mit|aus|"
    r"über) .{1,80}|diese nachricht wurde von .{1,60} gesendet.{0,40}|"
    r"envoyé (?:de|depuis|à partir de|avec|par) .{1,80}|télécharger outlook pour .{1,40}|"
    r"obtenez outlook pour .{1,40}|"
    r"enviado (?:desde|do|da|de|por|con|via|a partir) .{1,80}|obtener outlook para .{1,40}|"
    r"obter o? ?outlook para .{1,40}|"
    r"inviato (?:da|dal|con) .{1,80}|scarica outlook per .{1,40}|ottieni outlook per .{1,40}|"
    r"verzonden (?:vanaf|met|via|vanuit) .{1,80}|verstuurd vanaf .{1,80}|"
    r"outlook voor .{1,40} downloaden|"
    r"sendt fra .{1,80}|skickat från .{1,80}|skickades? från .{1,80}|sänt från .{1,80}|"
    r"hämta outlook för .{1,40}|hent outlook (?:til|for) .{1,40}|få outlook for .{1,40}|"
    r"lähetetty .{1,80}(?:sta|stä|lta|ltä|nista|nistä)\W{0,3}|wysłane? (?:z|ze|przy pomocy|"
    r"za pomocą) .{1,80}|pobierz (?:aplikację )?outlook .{1,60}|"
    r"odesláno z .{1,80}|odoslané z .{1,80}|küldve .{1,60}|elküldve .{1,60}|trimis de pe .{1,80}|"
    r"отправлено (?:с|из|через) .{1,80}|надіслано з .{1,80}|"
    r"\S.{0,60}(?:dan|den|ten|tan|'dan|'den) gönderildi\W{0,3}|στάλθηκε από .{1,80}|εστάλη από .{1,80}|"
    r"发自我?的? ?.{1,40}|從我的.{1,40}傳送|"
    r".{1,40}から送信|.{1,40}에서 보냄|나의 .{1,40}에서 보냄|"
    r"נשלח מ.{1,60}|أُ?رسلت? من .{1,60}|được gửi từ .{1,60}|gửi từ .{1,60}|"
    r"sent with .{1,40}(?:mail|email)\b.{0,40}|yahoo mail: .{1,60}|sent from (?:yahoo|outlook|gmail|"
    r"mail).{0,60})\s{0,3}$",
    re.IGNORECASE,
)
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
        if line.text.strip() and (line.depth or not _DEVICE.match(line.text[:_LONGEST])):
            break
        last -= 1
    return lines[:last]
