"""The routing language as values: what a rule is, what it is asked about, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    actions: Mapping[ActionName, Decided] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
