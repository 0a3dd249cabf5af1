"""What can be asked of a value: one function each, which turns what a rule says into a search, once.

Texts are compared folded (`text.folded`), but for `matches`, whose expression sees letters as they are written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from mailgateway.rules.findings import Wrong
from mailgateway.rules.patterns import compile_pattern
from mailgateway.rules.schema import Search
from mailgateway.rules.text import folded, plain, shown


class Takes(Enum):
    """What an operator wants to be given."""

    TEXT = auto()
    LIST = auto()
    TRUTH = auto()


Build = Callable[[tuple[str, ...]], Search]


@dataclass(frozen=True, slots=True)
class Operator:
    """`build` turns the operand (one text, or several for a list) into a search, or raises Wrong with the mend."""

    build: Build
    takes: Takes = Takes.TEXT
    only_addresses: bool = False


def equals(operand: tuple[str, ...]) -> Search:
    """The whole value is this text."""
    wanted = folded(operand[0])
    return Search(folded, lambda value: _hit(value == wanted))


def contains(operand: tuple[str, ...]) -> Search:
    """The text stands anywhere in the value."""
    wanted = folded(operand[0])
    return Search(folded, lambda value: value.find(wanted))


def starts_with(operand: tuple[str, ...]) -> Search:
    """The value begins with the text."""
    wanted = folded(operand[0])
    return Search(folded, lambda value: _hit(value.startswith(wanted)))


def ends_with(operand: tuple[str, ...]) -> Search:
    """The value ends with the text."""
    wanted = folded(operand[0])
    return Search(folded, lambda value: _hit(value.endswith(wanted), max(0, len(value) - len(wanted))))


def matches(operand: tuple[str, ...]) -> Search:
    """The regular expression (RE2) is found anywhere in the value."""
    return compile_pattern(operand[0])


def is_in(operand: tuple[str, ...]) -> Search:
    """The whole value is one of these texts."""
    wanted = frozenset(folded(text) for text in operand)
    return Search(folded, lambda value: _hit(value in wanted))


def domain(operand: tuple[str, ...]) -> Search:
    """The address is in this domain or in one below it."""
    wanted = folded(operand[0])
    bare = wanted.lstrip("@*.")
    if bare != wanted or "@" in bare or not bare or any(char.isspace() for char in bare):
        example = bare.rpartition("@")[2].strip() or "example.com"
        raise Wrong(f"{shown(operand[0])} is no domain: write {shown(example)} (what lies below it is meant too)")
    return Search(folded, lambda value: _in_domain(value, bare))


def exists(operand: tuple[str, ...]) -> Search:  # noqa: ARG001 - every operator is built alike
    """The field has a value that is not empty."""
    return Search(plain, lambda _: 0)


OPERATORS: dict[str, Operator] = {
    "equals": Operator(equals),
    "contains": Operator(contains),
    "starts_with": Operator(starts_with),
    "ends_with": Operator(ends_with),
    "matches": Operator(matches),
    "in": Operator(is_in, Takes.LIST),
    "domain": Operator(domain, only_addresses=True),
    "exists": Operator(exists, Takes.TRUTH),
}


def _hit(holds: bool, place: int = 0) -> int:  # noqa: FBT001 - the one question of this module
    return place if holds else -1


def _in_domain(address: str, wanted: str) -> int:
    local, at, host = address.rpartition("@")
    return _hit(bool(at) and (host == wanted or host.endswith("." + wanted)), len(local) + 1)
