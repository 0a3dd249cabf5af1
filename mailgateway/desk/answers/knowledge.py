"""Answers that somebody wrote once for many: which fit a mail, how well, and in whose language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailgateway.desk.answers.words import are_alike, words_of
from mailgateway.rules.evaluate import evaluate
from mailgateway.rules.schema import Question, Ruleset

MOST_PROPOSED = 3
MOST_WORDS = 32
FALLBACK = "en"

_MOST_IN_SUBJECT = 12
_ENOUGH = 3.0
_OF_SUBJECT = 1.5
_OF_KEYS = 0.7
_CERTAIN = 1.0
_NO_RULES = Ruleset()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in one language. `source` is its Markdown; `text` and `html` are made of it.

    `version` names its content. What is not `for_customers` is for the desk alone. `file` is where it was read, and
    `line` where its Markdown begins in it.
    """

    name: str
    language: str
    title: str
    source: str = field(repr=False)
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    for_customers: bool = False
    version: str = ""
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    file: str = ""
    line: int = 1


class AnswerOutcome(StrEnum):
    """What the customer said of an answer that was sent."""

    HELPED = "helped"
    NOT_HELPED = "not_helped"


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that the search found, in one of its languages."""

    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer that fits a mail; `likeness` says how well, from 0 to 1."""

    name: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Library:
    """All answers. `conditions` has a rule for each answer that says when it fits, called as the answer is.

    `version` names all content; `propose_above` and `send_above` are how well an answer has to fit, None for never.
    """

    answers: tuple[Answer, ...] = ()
    conditions: Ruleset = _NO_RULES
    version: str = ""
    propose_above: float = 0.3
    send_above: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all answers, each once."""
        return tuple(dict.fromkeys(answer.name for answer in self.answers))

    def spelled(self, name: str) -> str | None:
        """Return a name as its file writes it (any case is taken), None where no answer has it."""
        wanted = name.casefold()
        return next((answer.name for answer in self.answers if answer.name.casefold() == wanted), None)

    def find(self, name: str, language: str, *others: str) -> Answer | None:
        """Return the answer of this name in a language, or the next best of `others` and English; None without it."""
        versions = {one.language.casefold(): one for one in self.answers if one.name == name}
        for wanted in (language, *others, FALLBACK):
            tag = wanted.casefold()
            for spelling in (tag, tag.partition("-")[0]):
                if spelling in versions:
                    return versions[spelling]
        return next(iter(versions.values()), None)

    def for_customer(self, name: str, language: str, *others: str) -> Answer | None:
        """Return what `find` does among the answers that customers may see."""
        visible = tuple(one for one in self.answers if one.for_customers)
        return Library(visible).find(name, language, *others)


EMPTY = Library()


def query_of(subject: str, text: str) -> tuple[str, ...]:
    """Return the words of a mail to search for, those of its subject first; few enough for any database."""
    of_subject = words_of(subject)[:_MOST_IN_SUBJECT]
    return tuple(dict.fromkeys((*of_subject, *words_of(text))))[:MOST_WORDS]


def likeness(answer: Answer, subject: str, text: str) -> float:
    """Return how well an answer fits a mail, from 0 to 1, the same whatever database found it.

    Seven tenths come from words of its title, tags and keywords that the mail has: three are enough, and one in the
    subject counts half as much again. Three tenths are the share of the mail's words that stand anywhere in the answer.
    """
    in_subject = set(words_of(subject)[:_MOST_IN_SUBJECT])
    asked = query_of(subject, text)
    if not asked:
        return 0.0
    keys, whole = _by_start(_keys(answer)), _by_start((*_keys(answer), *words_of(answer.source)))
    strength = dict.fromkeys(_keys(answer), 0.0)
    for word in asked:
        weight = _OF_SUBJECT if word in in_subject else 1.0
        for key in _alike(word, keys):
            strength[key] = max(strength[key], weight)
    known = sum(bool(_alike(word, whole)) for word in asked) / len(asked)
    return round(_OF_KEYS * min(1.0, sum(strength.values()) / _ENOUGH) + (1 - _OF_KEYS) * known, 3)


def proposals(library: Library, question: Question, text: str, found: Iterable[Found]) -> tuple[Proposal, ...]:
    """Return the answers that fit a mail, best first, three at most; one whose condition holds fits for certain."""
    subject = question.mail.subject
    best: dict[str, float] = {}
    if library.conditions.rules:
        best = dict.fromkeys(evaluate(library.conditions, question).matched, _CERTAIN)
    there = {(answer.name, answer.language): answer for answer in library.answers}
    for hit in found:
        answer = there.get((hit.name, hit.language))
        if answer is not None:
            best[answer.name] = max(best.get(answer.name, 0.0), likeness(answer, subject, text))
    fitting = [Proposal(name, score) for name, score in best.items() if score >= library.propose_above]
    return tuple(sorted(fitting, key=lambda one: -one.likeness)[:MOST_PROPOSED])


def _keys(answer: Answer) -> tuple[str, ...]:
    """Return the words that say what an answer is about; of forms of one word the first."""
    kept: list[str] = []
    for word in words_of(" ".join((answer.title, *answer.tags, *answer.keywords))):
        if not any(are_alike(word, other) for other in kept):
            kept.append(word)
    return tuple(kept)


_START = 3


def _by_start(words: Iterable[str]) -> Mapping[str, list[str]]:
    ordered: dict[str, list[str]] = {}
    for word in dict.fromkeys(words):
        ordered.setdefault(word[:_START], []).append(word)
    return ordered


def _alike(word: str, ordered: Mapping[str, list[str]]) -> list[str]:
    return [other for other in ordered.get(word[:_START], ()) if are_alike(word, other)]
