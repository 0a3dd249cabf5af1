"""The words of a text as they are searched for: without case, diacritics, and what every text has."""

import re
import unicodedata
from functools import lru_cache

from mailgateway.rules.text import folded

MOST_READ = 8_000
"""Characters of a text that are looked at."""

_LONGEST_WORD = 40
_WHOLE = 4
_ENDING = 2
_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "þ": "th", "ð": "d"})
_COMMON_WORDS = """
an and any are as at be been but by can cannot could did do does for from get got had has have he hello help
her hi his how if in into is it its just like me my need no not now of on one or our out please regards she so
some sir thank thanks that the their them then there these they this to too up us want was we were what when
where which who why will with would yes you your dear best kind madam since still able after also being team
aby ale albo bardzo bez byc bo by czy co dla do dzien dobry dziekuje gdy gdzie go ich ja jak jaki jako je jest
jestem juz kiedy kto ktory lub ma mam mi mnie moge moj moja mozna na nad nam nas nie niz nowe od oraz po pod
pomoc pozdrawiam panie pani prosze przez przy sa sie sobie tak tam te tego tej ten to tu tym tylko ty use wam
was witam we wy za zas ze
aber alle als am auch auf aus bei bin bis bitte da danke das dass dem den der des die dies dir doch ein eine
einem einen einer er es fur gruss grussen grusse guten habe haben hallo hat ich ihm ihr ihre im ins ist ja
kann kein keine konnen man mehr mein meine mich mir mit nach nicht noch nun nur oder schon sehr sein sich sie
sind uber um und uns unser von vor war warum was wenn wer wie wir wird zu zum zur tag
"""
"""Words of English, Polish and German that tell nothing of what a text is about."""

_COMMON = frozenset(_COMMON_WORDS.split())


def bare(text: str) -> str:
    """Return a text as it is compared: its beginning, folded, with plain letters in place of accented ones."""
    return "".join(map(_base, folded(text[:MOST_READ]))).translate(_LETTERS)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words that tell what a text is about, each once, in order."""
    found = dict.fromkeys(word[:_LONGEST_WORD] for word in _WORD.findall(bare(text)))
    return tuple(word for word in found if len(word) > 1 and word not in _COMMON)


def beginning(word: str) -> str:
    """Return what the forms of a word have in common, near enough, in languages that change their ends."""
    return word if len(word) <= _WHOLE else word[: max(_WHOLE, len(word) - _ENDING)]


def is_short(word: str) -> bool:
    """Tell whether a word is too short for its beginning to say anything."""
    return len(word) <= _WHOLE


def are_alike(one: str, other: str) -> bool:
    """Tell whether two words are forms of one, as their letters tell: drukarka and drukarki, print and printer."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    if shorter < _WHOLE or abs(len(one) - len(other)) > _WHOLE:
        return False
    shared = max(_WHOLE, shorter - _ENDING)
    return one[:shared] == other[:shared]


@lru_cache(maxsize=4096)
def _base(char: str) -> str:
    if char.isascii():
        return char
    return "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
