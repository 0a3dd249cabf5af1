"""Unlabelled single-byte text -> the codec whose letters it makes words of.

Statistics on a few words find exotic things in them; the letters that a language really uses do not.
"""

import re

# The letters beyond ASCII of languages that share code pages, and these pages, the likelier first.
_ALPHABETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("àâäáãåæçèéêëìíîïñòóôõöøùúûüýÿœßªº¿¡", ("cp1252",)),
    ("ąćęłńóśźż", ("cp1250", "iso8859-2")),
    ("áčďéěíňóřšťúůýžľĺŕäô", ("cp1250", "iso8859-2")),
    ("áéíóöőúüű", ("cp1250", "iso8859-2")),
    ("ăâîşţ", ("cp1250", "iso8859-2")),
    ("čćđšž", ("cp1250", "iso8859-2")),
    ("אבגדהוזחטיךכלםמןנסעףפץצקרשת", ("cp1255",)),
    ("абвгдежзийклмнопрстуфхцчшщъыьэюяё", ("cp1251", "koi8-r", "iso8859-5", "cp866")),
    ("абвгдежзийклмнопрстуфхцчшщьюяіїєґ", ("cp1251", "koi8-u", "iso8859-5")),
    ("αβγδεζηθικλμνξοπρστυφχψωάέήίόύώϊϋΐΰς", ("cp1253", "iso8859-7")),
    ("çğıöşüâî", ("cp1254",)),
    ("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيًٌٍَُِّْ،؛؟", ("cp1256", "iso8859-6")),
    ("āčēģīķļņšūžąęėįųõäöü", ("cp1257",)),
)
_PUNCTUATION = frozenset("“”„‘’‚–—…«»°€§№·•©®™£\xa0\xad")
_ONLY_AT_END = frozenset("ךםןףץ")
"""Hebrew has these at the end of words only: what has letters behind them is Russian."""
_HIGH = re.compile(rb"[\x80-\xff]")
_CERTAIN = 0.8
_MOST_READ = 4_096


def likely_codec(data: bytes) -> str:
    """Return the single-byte codec under which nearly all foreign letters are those of one language, "" for none."""
    lines = [line for line in data[: 16 * _MOST_READ].splitlines() if _HIGH.search(line)]
    sample = b"\n".join(lines)[:_MOST_READ]
    best, found = _CERTAIN, ""
    for letters, codecs in _ALPHABETS:
        known = frozenset(letters)
        for codec in codecs:
            weight = _weight(sample, codec, known)
            if weight > best:
                best, found = weight, codec
    return found


def _weight(sample: bytes, codec: str, known: frozenset[str]) -> float:
    """Weigh what the foreign bytes become: letters of the language, capitals where words begin, or something odd."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError:
        return 0.0
    total, count, before = 0.0, 0, " "
    for char in text:
        if char > "\x7f":
            count += 1
            total += _value(char, before, known)
        before = char
    return total / count if count else 0.0


def _value(char: str, before: str, known: frozenset[str]) -> float:
    if char in known:
        return -1.0 if before in _ONLY_AT_END else 1.0
    if char.lower() in known:
        return 0.4 if before.isalpha() else 0.9
    return 0.7 if char in _PUNCTUATION else -1.0
