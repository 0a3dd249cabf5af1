"""Did this help? What a customer says of an answer that they were sent: yes, no, or something for a person to read."""

import re

from mailgateway.desk.answers.knowledge import AnswerOutcome
from mailgateway.desk.answers.words import bare

_LONGEST = 300
_MOST_WORDS = 16
_WORD = re.compile(r"[^\W_]+")
_CLAUSE = re.compile(r"[.,;:!?\n–—-]")
_YES = frozenset(
    ("yes", "yep", "yeah", "ja", "jawohl", "tak", "oui", "si", "sim", "ano", "da", "jo", "kylla", "igen", "evet", "nai")
)
_NO = frozenset(("no", "nope", "nein", "nie", "non", "nao", "ne", "nee", "nej", "nei", "ei", "nem", "hayir"))
_NOT_YES = {"da": "tak", "no": "tak", "nb": "tak", "nn": "tak", "sv": "tak", "pl": "ja"}
"""By language, what means yes in others and not in it: tak is thanks in Danish, ja is I in Polish."""

_NOT_NO = {"pl": "no", "cs": "no", "sk": "no", "el": "ne"}
"""The same for no: in Polish it means well, or even yes."""

_KIND_WORDS = """
it that this helped helps did worked works solved thanks thank you very much many a lot great perfect super ok
okay all good now fine best kind regards cheers sincerely and for the your help answer quick is case please
close pomoglo pomogla dziekuje dziekuja dzieki bardzo serdecznie za pomoc odpowiedz dziala wszystko pozdrawiam
pozdrowienia z powazaniem super swietnie juz to i mozna zamknac prosze szybka das hat es geholfen danke vielen
dank schon gut alles klar mit freundlichen grussen viele grusse liebe gruss jetzt funktioniert bitte
schliessen erledigt fur die hilfe merci beaucoup gracias grazie mille obrigado obrigada dekuji diky dakujem
"""
_KIND = frozenset(_KIND_WORDS.split())
"""Words that go along with a yes without saying more; a word beyond these is for a person to read."""


def may_judge(text: str) -> bool:
    """Tell whether a reply begins with a yes or a no of any language."""
    found = _WORD.search(bare(text[:_LONGEST]))
    return found is not None and found[0] in _YES | _NO


def said_of(text: str, language: str = "", name: str = "") -> AnswerOutcome | None:
    """Return what a reply says of the answer; None where it says more, or something else.

    A yes stands alone, but for thanks and the writer's `name` beneath. A no may be followed by what is wrong: that is
    read by a person anyway.
    """
    said = bare(text[:_LONGEST])
    words = _WORD.findall(said)
    if not words:
        return None
    tag = language.partition("-")[0].casefold()
    first = words[0]
    own = _WORD.findall(bare(name[:_LONGEST]))
    if first in _YES and first != _NOT_YES.get(tag):
        others = {*_KIND, *_YES, *own}
        is_alone = len(text.strip()) <= _LONGEST and len(words) <= _MOST_WORDS and others.issuperset(words)
        return AnswerOutcome.HELPED if is_alone else None
    if first in _NO and first != _NOT_NO.get(tag):
        beginning = _WORD.findall(_CLAUSE.split(said.strip(), maxsplit=1)[0])
        return AnswerOutcome.NOT_HELPED if len(beginning) == 1 else None
    return None
