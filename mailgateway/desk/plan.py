"""A plan: everything one occasion changes, as a value. Whoever asks for a change to a ticket asks with a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mailgateway.desk.answers.changes import AnswerChange
from mailgateway.desk.customers.counting import SetOrganisation, SpendTime
from mailgateway.desk.customers.wish import CustomerChange
from mailgateway.desk.handovers.changes import OfferChange
from mailgateway.desk.holding.changes import HoldChange
from mailgateway.desk.letters.notice_kind import NoticeKind as NoticeKind  # noqa: PLC0414 - passed on with the notice
from mailgateway.desk.letters.suppression import Reachability
from mailgateway.desk.levels.level_changes import LevelChange
from mailgateway.desk.model import Article, LinkKind, Priority, Status, Ticket, TicketType
from mailgateway.desk.problems.changes import ProblemChange
from mailgateway.desk.quarantine.decision import Decision
from mailgateway.mail.model import Address


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket. Its number is 0: the database gives one. `trace` is the routing trace as plain JSON values."""

    ticket: Ticket
    trace: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AddArticle:
    """Add an entry to the ticket: the mail that caused the plan, what an agent sends, or a note that came along.

    All entries of a plan that a mail caused lead back to it; its Message-ID has at most one of them.
    """

    article: Article


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Move the ticket along its life cycle."""

    before: Status
    after: Status


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Change how urgent it is."""

    before: Priority
    after: Priority


@dataclass(frozen=True, slots=True)
class SetType:
    """Change what it is about."""

    before: TicketType
    after: TicketType


@dataclass(frozen=True, slots=True)
class MoveToGroup:
    """Hand it over to another group."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Assign:
    """Give it to an agent (by name), or to nobody."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SetCi:
    """Tie it to a configuration item (by name), or to none."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ChangeTags:
    """Put tags on and take tags off."""

    add: tuple[str, ...]
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddParticipants:
    """Let these people take part in the ticket."""

    people: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class ChangeWatchers:
    """Let these agents (by name) be told of what happens to the ticket, and those no longer."""

    add: tuple[str, ...]
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeTurn:
    """Note that it was this agent's turn to get a ticket of the group."""

    group: str
    agent: str


@dataclass(frozen=True, slots=True)
class SetFields:
    """Give fields of the desk's own these values; `after` is all of them as they will be."""

    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AddLink:
    """Tie the ticket to another one; `why` says in a word what led to it."""

    other: int
    kind: LinkKind
    why: str = ""


@dataclass(frozen=True, slots=True)
class RemoveLink:
    """Take such a tie away."""

    other: int
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class MergeInto:
    """Let another ticket go on in the place of this one, by all its names and links; `people` take part in it."""

    survivor: int
    people: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Snooze:
    """Put the ticket aside until a moment, or (None) wake it up."""

    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class RecordFiring:
    """Note that a moment of the ticket has had its effect: it never has it again, whoever looks."""

    name: str


@dataclass(frozen=True, slots=True)
class SetAttention:
    """Have the ticket looked at again at this moment; None for not before something else changes it."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class InformIncidents:
    """Let everybody hear who waits for this problem: by the answer in this plan, that it is solved, or both."""

    answered: bool
    solved: bool


@dataclass(frozen=True, slots=True)
class NameBy:
    """Let mails find the ticket by ids that its mail mentions, and (alone of all tickets) by the key of its subject."""

    names: tuple[str, ...]
    subject: str = ""


@dataclass(frozen=True, slots=True)
class RecordEvent:
    """Write down that something happened which changes nothing by itself."""

    what: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MarkUndelivered:
    """Mark the article that went out at this moment: it did not reach this address."""

    at: datetime
    address: str


Change = (
    OpenTicket
    | AddArticle
    | HoldChange
    | OfferChange
    | SetStatus
    | SetPriority
    | SetType
    | MoveToGroup
    | Assign
    | SetOrganisation
    | SetCi
    | ChangeTags
    | AddParticipants
    | ChangeWatchers
    | SetFields
    | SpendTime
    | TakeTurn
    | CustomerChange
    | AddLink
    | RemoveLink
    | MergeInto
    | Snooze
    | RecordFiring
    | SetAttention
    | MarkUndelivered
    | AnswerChange
    | InformIncidents
    | ProblemChange
    | NameBy
    | LevelChange
    | RecordEvent
)


class Audience(StrEnum):
    """Who a notice is for: what is internal never goes to a customer."""

    CUSTOMER = "customer"
    AGENT = "agent"
    MANAGEMENT = "management"
    ADMIN = "admin"


class Automatic(StrEnum):
    """What Auto-Submitted says (RFC 3834 section 5); NO for what a person wrote."""

    NO = "no"
    REPLIED = "auto-replied"
    GENERATED = "auto-generated"


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to be written because of an event.

    `ticket` is the ticket as it will be after the plan (None where there is none); `article` is the text to pass on;
    `bound_to` names whom the reply address is signed for ("" for a plain reply address); `answers_to` is where answers
    go instead of to us. `values` are further words for the template; `template` names the operator's own ones that go
    before the usual ones. `known` says how the ticket stood when its recipient last heard of it (`news.standing`), for
    a mail that waits to be gathered with what follows.
    """

    kind: NoticeKind
    audience: Audience
    recipient: Address
    sender: Address
    language: str
    automatic: Automatic
    ticket: Ticket | None = None
    article: Article | None = None
    bound_to: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    template: str = ""
    answers_to: Address | None = None
    known: str = ""


class Disposition(StrEnum):
    """How an accepted mail ended. Every mail has exactly one."""

    OPENED = "opened"
    FOLLOWED_UP = "followed_up"
    RECORDED = "recorded"
    REFUSED = "refused"
    HELD = "held"
    DISCARDED = "discarded"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall happen, all of it or nothing.

    `ticket` is the number of the ticket that the changes are about, None where the plan opens one or has none. `actor`
    is an address, an agent's name, or the part of the gateway that acts. `waits_for` names the group whose workload has
    to be gathered first, `asks_about` addresses whose automatic mails, `asks_use_of` the organisation whose use of its
    contract, `asks_course_of` the ticket (and those merged into it) whose course; `asks_mail` is an entry of the
    spool to be read first. `is_quiet`: nobody did anything, the ticket stays idle. `reachability` is news of addresses
    that bounced.

    `rules` are those that routed the mail, where it joined no ticket.

    `decisions` are about mails in quarantine; `is_unfinished`: the mail is looked at again once they are carried out.
    """

    at: datetime
    actor: str
    disposition: Disposition
    reason: str
    ticket: int | None = None
    changes: tuple[Change, ...] = ()
    notices: tuple[Notice, ...] = ()
    waits_for: str = ""
    asks_about: tuple[str, ...] = ()
    asks_use_of: str = ""
    asks_course_of: tuple[int, ...] = ()
    asks_mail: int = 0
    is_quiet: bool = False
    reachability: tuple[Reachability, ...] = ()
    rules: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    is_unfinished: bool = False
