"""The routing language as values: what a rule is, what it is asked about, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum

from mailgateway.mail.model import Kind, Mail


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules are asked about: one mail that arrived in a mailbox. `reply` is its new text alone."""

    mail: Mail
    kind: Kind
    mailbox: str
    reply: str = ""


class ActionName(StrEnum):
    """Everything a rule can decide."""

    GROUP = "group"
    PRIORITY = "priority"
    TYPE = "type"
    ASSIGN = "assign"
    LANGUAGE = "language"
    TAGS = "tags"
    DISCARD = "discard"
    QUARANTINE = "quarantine"


Seek = Callable[[str], int]
"""Gives the place of the first hit in a text, -1 where there is none."""


@dataclass(frozen=True, slots=True)
class Search:
    """How hits are found: `view` brings a value into the form that `seek` looks at."""

    view: Callable[[str], str]
    seek: Seek


@dataclass(frozen=True, slots=True)
class FieldTest:
    """One operator asked of one field; it holds when any value of the field satisfies it.

    `operand` is what the file says (nothing for `exists`), `search` is made from it once.
    """

    field: str
    operator: str
    operand: str | tuple[str, ...] | None
    search: Search = attribute(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every part holds; without parts, always."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its part does not."""

    part: "Condition"


Condition = AllOf | AnyOf | Not | FieldTest


@dataclass(frozen=True, slots=True)
class Rule:
    """When something is so, then do this; `stop` ends the search after it. `line` is where it stands in the file."""

    name: str
    line: int
    when: Condition
    then: Mapping[ActionName, object]
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All rules, in the order of the file."""

    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """The value of an action, and the name of the rule that decided it."""

    value: object
    rule: str


@dataclass(frozen=True, slots=True)
class Step:
    """What one rule made of a mail: `why` names the condition that decided, with the value it saw."""

    rule: str
    line: int
    matched: bool
    why: str


@dataclass(frozen=True, slots=True)
class Routing:
    """What the rules say of one mail, and the trace of how they came to it."""

    matched: tuple[str, ...] = ()
    actions: Mapping[ActionName, Decided] = attribute(default_factory=dict)
    steps: tuple[Step, ...] = ()
