"""What can be asked of a value: one function each, which turns what a rule says into a search, once.

Texts are compared folded (`text.folded`), but for `matches`, whose expression sees letters as they are written.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from mailgateway.rules.findings import Wrong
from mailgateway.rules.globs import compile_glob
from mailgateway.rules.measures import Sort
from mailgateway.rules.patterns import compile_pattern
from mailgateway.rules.schema import Search, Span
from mailgateway.rules.text import folded, shown


class Takes(Enum):
    """What an operator wants to be given."""

    ONE = auto()
    LIST = auto()
    ONE_OR_LIST = auto()
    PAIR = auto()
    TRUTH = auto()


Build = Callable[[tuple[str, ...]], Search]
Measure = Callable[[tuple[float, ...]], Span]

_TEXTS = frozenset({Sort.TEXT, Sort.ADDRESS})
_NUMBERS = frozenset(sort for sort in Sort if sort.is_number)


@dataclass(frozen=True, slots=True)
class Operator:
    """`build` turns texts into a search, `measure` numbers into a span; either raises Wrong with the mend.

    `sorts` are the sorts of fields that it can be asked of; `is_negative` tells that what was built has to fail.
    """

    build: Build
    takes: Takes = Takes.ONE
    sorts: frozenset[Sort] = _TEXTS
    measure: Measure | None = None
    is_negative: bool = False


def equals(operand: tuple[str, ...]) -> Search:
    """The whole value is this."""
    wanted = folded(operand[0])
    return Search(folded, lambda value: _hit(value == wanted), (wanted,))


def differs(operand: tuple[str, ...]) -> Search:
    """No value is this as a whole."""
    return equals(operand)


def contains(operand: tuple[str, ...]) -> Search:
    """The text stands anywhere in the value."""
    wanted = folded(operand[0])
    return Search(folded, lambda value: value.find(wanted), (wanted,))


def starts_with(operand: tuple[str, ...]) -> Search:
    """The value begins with the text."""
    wanted = folded(operand[0])
    return Search(folded, lambda value: _hit(value.startswith(wanted)), (wanted,))


def ends_with(operand: tuple[str, ...]) -> Search:
    """The value ends with the text."""
    wanted = folded(operand[0])
    return Search(folded, lambda value: _hit(value.endswith(wanted), max(0, len(value) - len(wanted))), (wanted,))


def matches(operand: tuple[str, ...]) -> Search:
    """The regular expression (RE2) is found anywhere in the value."""
    return compile_pattern(operand[0])


def glob(operand: tuple[str, ...]) -> Search:
    """The whole value has this shape: * stands for any text, ? for one character, [abc] for one of these."""
    return compile_glob(operand[0])


def is_in(operand: tuple[str, ...]) -> Search:
    """The whole value is one of these."""
    wanted = frozenset(folded(text) for text in operand)
    return Search(folded, lambda value: _hit(value in wanted), tuple(sorted(wanted)))


def domain(operand: tuple[str, ...]) -> Search:
    """The address is in this domain, or one of these, or in one below it."""
    wanted = frozenset(_bare_domain(text) for text in operand)
    return Search(folded, lambda value: _in_domain(value, wanted), tuple(sorted(wanted)))


def exists(operand: tuple[str, ...]) -> Search:  # noqa: ARG001 - every operator is built alike
    """The field has a value that is not empty."""
    return Search(_as_it_is, lambda _: 0)


def greater(operand: tuple[float, ...]) -> Span:
    """The value is more than this."""
    return Span(operand[0], math.inf, is_open=True)


def less(operand: tuple[float, ...]) -> Span:
    """The value is less than this."""
    return Span(-math.inf, operand[0], is_open=True)


def between(operand: tuple[float, ...]) -> Span:
    """The value is in this range, ends included."""
    if operand[0] > operand[1]:
        raise Wrong("the first end is greater than the second: nothing lies between; write the smaller one first")
    return Span(operand[0], operand[1])


def number_search(span: Span) -> Search:
    """Return the search for numbers in a span."""
    return Search(_as_it_is, lambda value: _hit(span.holds(value)))


def _no_text(_: tuple[str, ...]) -> Search:
    raise Wrong("this operator is for numbers")


OPERATORS: dict[str, Operator] = {
    "equals": Operator(equals, sorts=_TEXTS | _NUMBERS | {Sort.TRUTH}, measure=lambda one: Span(one[0], one[0])),
    "not": Operator(differs, sorts=_TEXTS | _NUMBERS, measure=lambda one: Span(one[0], one[0]), is_negative=True),
    "in": Operator(is_in, Takes.LIST),
    "contains": Operator(contains),
    "starts_with": Operator(starts_with),
    "ends_with": Operator(ends_with),
    "matches": Operator(matches),
    "glob": Operator(glob),
    "domain": Operator(domain, Takes.ONE_OR_LIST, frozenset({Sort.ADDRESS})),
    "exists": Operator(exists, Takes.TRUTH, frozenset(Sort)),
    "gt": Operator(_no_text, sorts=_NUMBERS, measure=greater),
    "lt": Operator(_no_text, sorts=_NUMBERS, measure=less),
    "between": Operator(_no_text, Takes.PAIR, _NUMBERS, measure=between),
}
MEANINGS = {name: operator.build for name, operator in OPERATORS.items()} | {
    "gt": greater,
    "lt": less,
    "between": between,
}
"""The function that says in its docstring what an operator means."""


def parents(host: str) -> list[str]:
    """Return a domain and every one above it."""
    labels = host.split(".")
    return [".".join(labels[place:]) for place in range(max(0, len(labels) - _MOST_LABELS), len(labels))]


_MOST_LABELS = 12


def _hit(holds: bool, place: int = 0) -> int:  # noqa: FBT001 - the one question of this module
    return place if holds else -1


def _as_it_is(value: object) -> object:
    return value


def _bare_domain(written: str) -> str:
    wanted = folded(written)
    bare = wanted.lstrip("@*.")
    if bare != wanted or "@" in bare or not bare or any(char.isspace() for char in bare):
        example = bare.rpartition("@")[2].strip() or "example.com"
        raise Wrong(f"{shown(written)} is no domain: write {shown(example)} (what lies below it is meant too)")
    if bare.count(".") >= _MOST_LABELS:
        raise Wrong(f"{shown(written)} is no domain: it has more than {_MOST_LABELS} parts")
    return bare


def _in_domain(address: str, wanted: frozenset[str]) -> int:
    local, at, host = address.rpartition("@")
    return _hit(bool(at) and not wanted.isdisjoint(parents(host)), len(local) + 1)
