"""One condition and one mail: does it hold, and if somebody wants to know, why."""

from dataclasses import dataclass
from typing import assert_never

from mailgateway.rules.fields import Value
from mailgateway.rules.schema import AllOf, AnyOf, Condition, FieldTest, Named, Not
from mailgateway.rules.text import SHOWN, excerpt
from mailgateway.rules.values import Values, value_shown

_LONGEST_WHY = 4 * SHOWN
_VALUES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a condition holds, with the part of it that decided and the value it saw."""

    holds: bool
    why: str


def holds(condition: Condition, values: Values) -> bool:
    """Tell whether a condition holds: the same as `ask` says, sooner."""
    match condition:
        case FieldTest(field, _, _, search):
            return any(search.seek(value) >= 0 for value in values.viewed(field, search.view))
        case AllOf(parts):
            return all(holds(part, values) for part in parts)
        case AnyOf(parts):
            return any(holds(part, values) for part in parts)
        case Not(part):
            return not holds(part, values)
        case Named(name, part):
            if name not in values.named:
                values.named[name] = holds(part, values)
            return values.named[name]
        case _:
            assert_never(condition)


def ask(condition: Condition, values: Values) -> Answer:
    """Tell whether a condition holds, and why."""
    match condition:
        case FieldTest():
            return _test(condition, values)
        case Not(part):
            answer = ask(part, values)
            return Answer(not answer.holds, f"not ({answer.why})")
        case Named(name, part):
            answer = ask(part, values)
            return Answer(answer.holds, f"{name}: {answer.why}")
        case AllOf(parts):
            return _all_of(parts, values)
        case AnyOf(parts):
            return _any_of(parts, values)
        case _:
            assert_never(condition)


def _all_of(parts: tuple[Condition, ...], values: Values) -> Answer:
    """The first part that fails decides; where none does, all of them."""
    answers = []
    for part in parts:
        answer = ask(part, values)
        if not answer.holds:
            return answer
        answers.append(answer)
    return Answer(holds=True, why=_together(answers) or "always")


def _any_of(parts: tuple[Condition, ...], values: Values) -> Answer:
    """The first part that holds decides; where none does, all of them."""
    answers = []
    for part in parts:
        answer = ask(part, values)
        if answer.holds:
            return answer
        answers.append(answer)
    return Answer(holds=False, why=_together(answers))


def _together(answers: list[Answer]) -> str:
    """Join what decided, each reason whole, as far as there is room."""
    text = ""
    for number, answer in enumerate(answers):
        longer = f"{text}; {answer.why}" if text else answer.why
        if text and len(longer) > _LONGEST_WHY:
            return f"{text}; and {len(answers) - number} more"
        text = longer
    return text


def _test(test: FieldTest, values: Values) -> Answer:
    written = values.written(test.field)
    for value, view in zip(written, values.viewed(test.field, test.search.view), strict=True):
        place = test.search.seek(view)
        if place >= 0:
            return Answer(holds=True, why=f"{_spoken(test)}: yes, {value_shown(test.field, value, place)}")
    return Answer(holds=False, why=f"{_spoken(test)}: no, {_seen(test.field, written)}")


def _spoken(test: FieldTest) -> str:
    match test.operand:
        case None:
            return f"{test.field} {test.operator}"
        case str():
            return f"{test.field} {test.operator} {excerpt(test.operand) if test.span is None else test.operand}"
        case _ if test.span is not None:
            return f"{test.field} {test.operator} {' and '.join(test.operand)}"
        case _:
            more = ", …" if len(test.operand) > _VALUES_SHOWN else ""
            listed = ", ".join(excerpt(text[: SHOWN + 1]) for text in test.operand[:_VALUES_SHOWN])
            return f"{test.field} {test.operator} [{listed}{more}]"


def _seen(field: str, values: tuple[Value, ...]) -> str:
    if not values:
        return "there is none"
    more = ", …" if len(values) > _VALUES_SHOWN else ""
    return ", ".join(_short(field, value) for value in values[:_VALUES_SHOWN]) + more


def _short(field: str, value: Value) -> str:
    return excerpt(value[: SHOWN + 1]) if isinstance(value, str) else value_shown(field, value)
