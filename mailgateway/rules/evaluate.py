"""A ruleset and a mail -> what the rules decide, and why. Any mail gives an answer, in linear time."""

from dataclasses import dataclass
from typing import assert_never

from mailgateway.rules.schema import (
    ActionName,
    AllOf,
    AnyOf,
    Condition,
    Decided,
    FieldTest,
    Not,
    Question,
    Routing,
    Rule,
    Ruleset,
    Step,
)
from mailgateway.rules.text import SHOWN, excerpt, plain
from mailgateway.rules.values import Values

_LONGEST_WHY = 4 * SHOWN
_VALUES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Answer:
    holds: bool
    why: str


def evaluate(ruleset: Ruleset, question: Question) -> Routing:
    """Try the rules in order: every match applies its actions, the last word counts, tags add up, `stop` ends it."""
    values = Values(question)
    matched: list[str] = []
    actions: dict[ActionName, Decided] = {}
    steps: list[Step] = []
    for rule in ruleset.rules:
        answer = _ask(rule.when, values)
        steps.append(Step(rule.name, rule.line, answer.holds, answer.why))
        if answer.holds:
            matched.append(rule.name)
            _apply(rule, actions)
            if rule.stop:
                break
    return Routing(tuple(matched), actions, tuple(steps))


def _apply(rule: Rule, actions: dict[ActionName, Decided]) -> None:
    for name, value in rule.then.items():
        earlier = actions.get(name)
        if name is ActionName.TAGS and earlier is not None:
            actions[name] = Decided(_united(earlier.value, value), f"{earlier.rule}, {rule.name}")
        else:
            actions[name] = Decided(value, rule.name)


def _united(first: object, second: object) -> tuple[object, ...]:
    return tuple(dict.fromkeys(tag for tags in (first, second) if isinstance(tags, tuple) for tag in tags))


def _ask(condition: Condition, values: Values) -> _Answer:
    match condition:
        case FieldTest():
            return _test(condition, values)
        case Not(part):
            answer = _ask(part, values)
            return _Answer(not answer.holds, f"not: {answer.why}")
        case AllOf(parts):
            return _all_of(parts, values)
        case AnyOf(parts):
            return _any_of(parts, values)
        case _:
            assert_never(condition)


def _all_of(parts: tuple[Condition, ...], values: Values) -> _Answer:
    """The first part that fails decides; where none does, all of them."""
    answers = []
    for part in parts:
        answer = _ask(part, values)
        if not answer.holds:
            return answer
        answers.append(answer)
    return _Answer(holds=True, why=_together(answers) or "always")


def _any_of(parts: tuple[Condition, ...], values: Values) -> _Answer:
    """The first part that holds decides; where none does, all of them."""
    answers = []
    for part in parts:
        answer = _ask(part, values)
        if answer.holds:
            return answer
        answers.append(answer)
    return _Answer(holds=False, why=_together(answers))


def _together(answers: list[_Answer]) -> str:
    """Join what decided, each reason whole, as far as there is room."""
    text = ""
    for number, answer in enumerate(answers):
        longer = f"{text}; {answer.why}" if text else answer.why
        if text and len(longer) > _LONGEST_WHY:
            return f"{text}; and {len(answers) - number} more"
        text = longer
    return text


def _test(test: FieldTest, values: Values) -> _Answer:
    written = values.written(test.field)
    for value, view in zip(written, values.viewed(test.field, test.search.view), strict=True):
        place = test.search.seek(view)
        if place >= 0:
            seen = value if len(value) <= SHOWN else plain(value)
            return _Answer(holds=True, why=f"{_spoken(test)}: yes, {excerpt(seen, place)}")
    return _Answer(holds=False, why=f"{_spoken(test)}: no, {_seen(written)}")


def _spoken(test: FieldTest) -> str:
    match test.operand:
        case None:
            return f"{test.field} {test.operator}"
        case str():
            return f"{test.field} {test.operator} {excerpt(test.operand)}"
        case _:
            return f"{test.field} {test.operator} [{_listed(test.operand)}]"


def _seen(values: tuple[str, ...]) -> str:
    return _listed(values) if values else "there is none"


def _listed(texts: tuple[str, ...]) -> str:
    more = ", …" if len(texts) > _VALUES_SHOWN else ""
    return ", ".join(excerpt(text[: SHOWN + 1]) for text in texts[:_VALUES_SHOWN]) + more
