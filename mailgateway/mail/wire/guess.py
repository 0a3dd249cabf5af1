"""Unlabelled single-byte text -> the codec whose letters it makes words of.

Statistics on a few words find exotic things in them; the letters that a language really uses do not.
"""

import re
from functools import cache

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
_CAPITAL_INSIDE = re.compile(rb"(?<=[alcf])c")
_BEHIND_THE_END = re.compile(rb"f(?=[lf])")
_CERTAIN = 0.8
_MOST_READ = 1_024


def likely_codec(data: bytes) -> str:
    """Return the single-byte codec under which nearly all foreign letters are those of one language, "" for none."""
    lines = [line for line in data[: 16 * _MOST_READ].splitlines() if _HIGH.search(line)]
    sample = b"\n".join(lines)[:_MOST_READ]
    foreign = len(_HIGH.findall(sample))
    best, found = _CERTAIN, ""
    for codec, table in _tables():
        kinds = sample.translate(table)
        weight = _weight(kinds)
        if weight > best * foreign and (weight := weight - _misplaced(kinds)) > best * foreign:
            best, found = weight / foreign, codec
    return found


@cache
def _tables() -> tuple[tuple[str, bytes], ...]:
    """Return, by codec and alphabet, a table from each byte to what it is there (see `_class`)."""
    return tuple(
        (codec, b"".join(_class(byte, codec, letters) for byte in range(256)))
        for letters, codecs in _ALPHABETS
        for codec in codecs
    )


def _class(byte: int, codec: str, letters: str) -> bytes:
    """Sort a byte: ASCII letter (a), letter (l), capital (c), final letter (f), mark (m), odd (o), none (n), space."""
    char = bytes((byte,)).decode(codec, "replace")
    if byte < 128:
        return b"a" if char.isalpha() else b" "
    if char == "\ufffd":
        return b"n"
    if char in letters:
        return b"f" if char in _ONLY_AT_END else b"l"
    if char.lower() in letters:
        return b"c"
    return b"m" if char in _PUNCTUATION else b"o"


def _weight(kinds: bytes) -> float:
    """Weigh sorted bytes by their numbers: letters of the language for it, odd characters against it."""
    if b"n" in kinds:
        return 0.0
    count = kinds.count
    return count(b"l") + count(b"f") + 0.9 * count(b"c") + 0.7 * count(b"m") - count(b"o")


def _misplaced(kinds: bytes) -> float:
    """Weigh what no language does: capitals inside words, final letters in front of others."""
    return 0.5 * len(_CAPITAL_INSIDE.findall(kinds)) + 2 * len(_BEHIND_THE_END.findall(kinds))
