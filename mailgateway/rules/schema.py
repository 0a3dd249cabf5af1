"""The routing language as values: what a rule is, what it is asked about, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Any

from ahocorasick_rs import AhoCorasick

from mailgateway.mail.model import Kind, Mail


class Event(StrEnum):
    """What rules are asked at: a mail that opens a ticket, one that joins a ticket, or a time that has come."""

    NEW = "new"
    FOLLOW_UP = "follow_up"
    TIMER = "timer"


@dataclass(frozen=True, slots=True)
class TicketState:
    """The ticket that a follow-up joins, as it was before."""

    status: str
    group: str
    assignee: str | None
    priority: str
    type: str
    language: str
    created_at: datetime
    updated_at: datetime
    tags: tuple[str, ...] = ()
    organisation: str | None = None
    ci: str | None = None
    status_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Requester:
    """What the desk knows of the writer.

    `known` tells whether they had a ticket before, `open_tickets` how many of theirs are not solved; None where nobody
    looked. `organisation` is the one that they belong to, `contract` what was agreed with it, "" where there is none.
    """

    known: bool | None = None
    open_tickets: int | None = None
    organisation: str = ""
    contract: str = ""
    is_vip: bool = False


NOBODY_LOOKED = Requester()
"""A writer of whom nothing was asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules are asked about: one mail that arrived in a mailbox.

    `reply` is the mail's new text alone, `size` its bytes. `ticket` is the one that it joins, `requester` who wrote it,
    `authentication` what a trusted server states (method -> result), `calendars` the names of those open when it
    arrived. These are None or empty where they are not known,
    and where no rule asks for them.
    """

    mail: Mail
    kind: Kind
    mailbox: str
    reply: str = ""
    event: Event = Event.NEW
    size: int = 0
    received_at: datetime | None = None
    ticket: TicketState | None = None
    requester: Requester = NOBODY_LOOKED
    authentication: Mapping[str, str] = attribute(default_factory=dict)
    calendars: tuple[str, ...] = ()


class ActionName(StrEnum):
    """Everything a rule can decide."""

    GROUP = "group"
    PRIORITY = "priority"
    TYPE = "type"
    ASSIGN = "assign"
    STATUS = "status"
    LANGUAGE = "language"
    TAGS = "tags"
    CI = "ci"
    ORGANISATION = "organisation"
    SERVICE_LEVEL = "service_level"
    FIELDS = "fields"
    CC = "cc"
    WATCHERS = "watchers"
    FORWARD = "forward"
    TEMPLATE = "template"
    ANSWER = "answer"
    LINK = "link"
    WEBHOOK = "webhook"
    NO_STATUS_MAILS = "no_status_mails"
    NO_ACKNOWLEDGEMENT = "no_acknowledgement"
    DISCARD = "discard"
    QUARANTINE = "quarantine"
    REJECT = "reject"


class Turn(StrEnum):
    """Who gets a ticket, where a rule names a way to choose instead of an agent."""

    ROUND_ROBIN = "round_robin"
    LEAST_OPEN = "least_open"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Rejection:
    """What a sender is told instead of a ticket being opened; `template` names other words than the usual ones."""

    reason: str
    template: str = ""


Seek = Callable[[Any], int]
"""Gives the place of the first hit in a value, -1 where there is none."""

View = Callable[[Any], Any]
"""Brings a value into the form that a search looks at."""

Groups = Callable[[str], Mapping[str, str]]
"""Gives what the named groups of an expression found in a text."""


@dataclass(frozen=True, slots=True)
class Search:
    """How hits are found: `view` brings a value into the form that `seek` looks at.

    `literals` are texts of which one stands in every value (folded) with a hit, empty where nothing is known of it.
    `names` are the named groups of an expression, and `groups` reads them from the viewed text.
    """

    view: View
    seek: Seek
    literals: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    groups: Groups = attribute(default=lambda _: {})


@dataclass(frozen=True, slots=True)
class Span:
    """A range of numbers; `is_open` where the ends themselves are outside."""

    low: float
    high: float
    is_open: bool = False

    def holds(self, value: float) -> bool:
        """Tell whether a number lies in it."""
        return self.low < value < self.high if self.is_open else self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Threshold:
    """A span after which a condition may hold: `seconds` on a field; `is_open` where not yet at its very end."""

    field: str
    seconds: float
    is_open: bool


@dataclass(frozen=True, slots=True)
class FieldTest:
    """One operator asked of one field; it holds when any value of the field satisfies it.

    `operand` is what the file says (nothing for `exists`), `search` is made from it once; `span` is what it means where
    the values are numbers.
    """

    field: str
    operator: str
    operand: str | tuple[str, ...] | None
    search: Search = attribute(repr=False, compare=False)
    span: Span | None = attribute(default=None, repr=False, compare=False)


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


@dataclass(frozen=True, slots=True)
class Named:
    """Holds when the condition of this name does."""

    name: str
    part: "Condition"


Condition = AllOf | AnyOf | Not | Named | FieldTest


@dataclass(frozen=True, slots=True)
class Rule:
    """When something is so, then do this; `stop` ends the search after it. `line` is where it stands in the file.

    `names` are the named groups of its expressions that its actions speak of, `thresholds` when a timer rule may begin
    to hold, and with `anytime` it does not wait for working hours then.
    """

    name: str
    line: int
    when: Condition
    then: Mapping[ActionName, object]
    stop: bool = False
    on: frozenset[Event] = frozenset({Event.NEW})
    names: frozenset[str] = frozenset()
    thresholds: tuple[Threshold, ...] = ()
    anytime: bool = False


class Way(StrEnum):
    """How a key of the index is found in a value: it is the whole value, the end of its domain, or a part of it."""

    WHOLE = "whole"
    DOMAIN = "domain"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that a value shows when a rule may match: `text`, folded, in the way told."""

    way: Way
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Texts looked for in the values of one field, all at once; `rules` has the places of the rules behind each."""

    automaton: AhoCorasick
    rules: tuple[tuple[int, ...], ...]
    longest: int


@dataclass(frozen=True, slots=True)
class EventIndex:
    """The rules of one event, by their places in the ruleset: those always to be tried, and those behind each key."""

    all: tuple[int, ...]
    always: tuple[int, ...]
    whole: Mapping[str, Mapping[str, tuple[int, ...]]]
    domain: Mapping[str, Mapping[str, tuple[int, ...]]]
    part: Mapping[str, Parts]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All rules, in the order of the file.

    `version` names their content, the same for the same rules; `fields` are those that any rule asks for, `links` the
    problems that any ties tickets to; `timezone` is that of `received.time` and `received.weekday`. Without an index
    every rule is tried.
    """

    rules: tuple[Rule, ...] = ()
    version: str = ""
    fields: frozenset[str] = frozenset()
    timezone: tzinfo = UTC
    links: frozenset[int] = frozenset()
    index: Mapping[Event, EventIndex] | None = attribute(default=None, repr=False, compare=False)

    def asks_for(self, beginning: str) -> bool:
        """Tell whether any rule asks for a field whose name begins like this."""
        return any(field.startswith(beginning) for field in self.fields)


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
    """What the rules say of one mail, and the trace of how they came to it.

    `left_out` counts the rules that were tried, or could be left untried, without a step of their own.
    """

    matched: tuple[str, ...] = ()
    actions: Mapping[ActionName, Decided] = attribute(default_factory=dict)
    steps: tuple[Step, ...] = ()
    left_out: int = 0
    version: str = ""
