"""Rules as a large desk has them, made from a seed: customers by domain, words of a subject, alarms of machines."""

import random
from collections.abc import Iterator

from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.parse import parse
from mailgateway.mail.written.reply import split_reply
from mailgateway.rules.compile import compile_rules
from mailgateway.rules.schema import Question, Ruleset
from mailgateway.rules.vocabulary import Vocabulary
from tests.traffic import mails

_GROUPS = tuple(f"group-{number}" for number in range(30))
WORDS = Vocabulary(_GROUPS, ("anna",), ("support",), ("incident",), ("low", "normal", "high"), ("new", "open"))
_SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
)
_HOT = ("printer", "log in", "invoice", "hasło", "vpn", "offer", "commande", "заявка")

Written = dict[str, object]


def rules(count: int, seed: int = 1) -> list[Written]:
    """Make rules; a few match the mails of `questions`, as in life most of them match few mails."""
    chance = random.Random(seed)
    return [
        {"name": f"r{number}", "when": _condition(chance, number), "then": _then(chance), "stop": number % 97 == 96}
        for number in range(count)
    ]


def compiled(written: list[Written]) -> Ruleset:
    """Compile rules that are right."""
    made = compile_rules({"rules": written}, lambda _: (1, 1), "rules", WORDS, "v")
    assert not made.findings, made.findings[:3]
    return made.ruleset


def questions(count: int) -> Iterator[Question]:
    """Give mails of an ordinary morning, parsed."""
    for _, raw in mails(count):
        mail = parse(raw)
        kind = classify(mail, OwnMarks("example.com", frozenset({"support@example.com"}))).kind
        yield Question(mail, kind, "support", split_reply(mail).text, size=len(raw))


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randrange(3, 6)))


def _then(chance: random.Random) -> Written:
    return {"group": chance.choice(_GROUPS), "tags": [_word(chance)]}


def _condition(chance: random.Random, number: int) -> Written:
    word, other = _word(chance), _word(chance)
    if number % 50 == 7:
        customer = {"field": "from", "domain": f"customer{number % 40}.example"}
        return {"all": [{"field": "subject", "contains": chance.choice(_HOT)}, customer]}
    if number % 400 == 9:
        return {"all": [{"field": "size", "gt": "20MB"}, {"not": {"field": "subject", "contains": word}}]}
    choices: list[Written] = [
        {"field": "from", "domain": f"customer{number}.example"},
        {"field": "from", "in": [f"{word}@{other}.example", f"{other}@{word}.example"]},
        {"field": "from.domain", "equals": f"{word}.example"},
        {"field": "subject", "contains": f"{word} {other}"},
        {"field": "subject", "matches": rf"\b({word}|{other})\w*\b"},
        {"field": "header.X-Monitor", "equals": word},
        {"all": [{"field": "to", "contains": "support@"}, {"field": "body", "contains": f"{word} error"}]},
        {
            "all": [
                {"field": "subject", "matches": rf"^\[{word}\] .*(?P<host>{other}-\d+)"},
                {"not": {"field": "kind", "in": ["bulk"]}},
                {"any": [{"field": "size", "lt": "5MB"}, {"field": "attachment.count", "gt": 2}]},
            ]
        },
        {"any": [{"field": "body", "contains": word}, {"field": "attachment.name", "glob": f"{other}*.pdf"}]},
    ]
    return chance.choice(choices)
