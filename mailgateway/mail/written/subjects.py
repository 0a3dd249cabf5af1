"""Subjects of a conversation: ticket tags as clients mangle them, and the subject without what clients put before it.

A tag format is text with `{number}` in it, such as `[#{number}]`. On its way a tag gets spaces, full-width signs or
loses a bracket; what stands for it is still read, but never a bare number.
"""

import re
import unicodedata
from functools import lru_cache

DEFAULT_TAGS = ("[#{number}]",)
_NUMBER = "{number}"
_DIGITS = "[0-9０-９]"
_WIDE = {"[": "[［【", "]": "]］】", "(": "(（", ")": ")）", "#": "#＃", ":": ":：", "-": "-－"}
_MOST_READ = 2_000
# What mail programs put before the subject of an answer or a forwarded mail, in the languages they are made in.
_PREFIXES = (
    "re", "aw", "antw", "antwort", "sv", "vs", "vl", "vb", "vd", "odp", "pd", "ref", "rif", "r", "res", "rés", "rép",
    "réf", "fw", "fwd", "wg", "tr", "trs", "rv", "enc", "i", "doorst", "bls", "fs", "atb", "at", "yml", "ynt", "i̇lt",
    "ilt", "yan", "cevap", "vá", "vál", "továbbítás", "továbbított", "απ", "σχετ", "πρθ", "πρω", "ots", "отв", "отг",
    "ответ", "відп", "пер", "пересл", "переслано", "перенаправлено", "fyi", "videresend", "redirecționat", "răsp",
    "přeposláno", "preposlané", "odpoveď", "odpověď", "podaj dalej", "trả lời", "chuyển tiếp", "回复", "回覆", "答复",
    "答覆", "转发", "轉寄", "轉發", "転送", "返信", "회신", "전달", "답장",
    "odg", "proslj", "prosl", "posr", "ats", "persk", "pārs", "vast", "на", "препр", "одг", "balas", "terusan",
    "ตอบ", "ตอบกลับ", "ส่งต่อ", "پاسخ", "ارسال مجدد", "תגובה",
    "תשובה", "השב", "הועבר", "رد", "إعادة توجيه",
)  # fmt: skip
_PREFIX = re.compile(
    rf"\s*(?:{'|'.join(sorted(map(re.escape, _PREFIXES), key=len, reverse=True))})"
    r"\.?\s?(?:[\[(^*]\s?[0-9]{1,3}\s?[\])]?\s?)?[:：]\s*",
    re.IGNORECASE,
)
# What relays write before the subject of everything that comes from outside.
_WARNING = re.compile(
    r"\s*(?:[\[(*{<]{1,2}\s?(?:ext(?:ern(?:al|e|o|a)?)?|external (?:sender|email|mail)|zewnętrzn[yea]|spam\??|caution)"
    r"\s?[\])*}>]{1,2}|external\s?[:：])\s*",
    re.IGNORECASE,
)


def tag(number: int, formats: tuple[str, ...] = DEFAULT_TAGS) -> str:
    """Return how a ticket is named in subjects: by the first of the formats."""
    return formats[0].replace(_NUMBER, str(number))


def numbers(subject: str, formats: tuple[str, ...] = DEFAULT_TAGS) -> tuple[int, ...]:
    """Return the ticket numbers that a subject names, in the order in which they stand there."""
    return tuple(int(next(filter(None, found.groups()))) for found in _tags(formats).finditer(subject[:_MOST_READ]))


def without_tags(subject: str, formats: tuple[str, ...] = DEFAULT_TAGS) -> str:
    """Return a subject without what looks like a ticket's number, for a ticket that will get another one."""
    return " ".join(_tags(formats).sub(" ", subject[:_MOST_READ]).split())


def with_tag(subject: str, number: int, formats: tuple[str, ...]) -> str:
    """Return a subject that was written with the default tag, with the tag in use instead."""
    return subject.replace(tag(number), tag(number, formats), 1)


def is_answer(subject: str, formats: tuple[str, ...] = DEFAULT_TAGS) -> bool:
    """Tell whether a mail program put a prefix before the subject, as it does for answers and forwarded mails."""
    return _PREFIX.match(without_tags(subject, formats)) is not None


def bare(subject: str, formats: tuple[str, ...] = DEFAULT_TAGS) -> str:
    """Return a subject without its Re: and Fwd: prefixes, and without tags wherever they stand."""
    left, place = without_tags(subject, formats), 0
    while found := _PREFIX.match(left, place):
        place = found.end()
    return left[place:].strip()


def normalised(subject: str, formats: tuple[str, ...] = DEFAULT_TAGS) -> str:
    """Return the form in which subjects are compared: as `bare`, without warnings of relays, width and case folded."""
    left, place = without_tags(subject, formats), 0
    while found := _PREFIX.match(left, place) or _WARNING.match(left, place):
        place = found.end()
    return " ".join(unicodedata.normalize("NFKC", left[place:]).casefold().split())


def problem_of_format(written: str) -> str:
    """Return why a text is no format for tags, "" where it is one."""
    before, found, after = written.partition(_NUMBER)
    if not found or _NUMBER in after:
        return "a tag format holds {number} once, such as [#{number}]"
    if len(written) > 60 or not written.isprintable() or written != written.strip():
        return "a tag format is short and one line, without space around it"
    if not before or not after or any(sign.isalnum() for sign in (before[0], after[-1])) or after[0].isdigit():
        return "a tag format begins and ends with a sign such as [ and ], or any number would be a ticket's"
    return ""


@lru_cache(maxsize=32)
def _tags(formats: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_pattern, formats)), re.IGNORECASE)


def _pattern(written: str) -> str:
    """Match a tag whole, without its last sign, or without its first; spaces between its signs do not matter."""
    before, _, after = written.partition(_NUMBER)
    number = rf"\s{{0,2}}({_DIGITS}{{1,12}})(?!{_DIGITS})"
    closed = rf"\s{{0,2}}{_loose(after)}"
    rest = _loose(before[1:])
    if not rest:
        return rf"{_loose(before)}{number}{closed}"
    return rf"{_loose(before)}{number}(?:{closed})?|(?<![\w#＃]){rest}{number}{closed}"


def _loose(signs: str) -> str:
    return r"\s{0,2}".join(f"[{re.escape(_WIDE.get(sign, sign))}]" for sign in signs if not sign.isspace())
