"""The words of the service desk as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mailgateway.desk.levels.timepiece import Clock
from mailgateway.mail.model import Address


class Status(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"


class Priority(StrEnum):
    """How urgent a ticket is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class TicketType(StrEnum):
    """What a ticket is about, in the terms of ITIL."""

    INCIDENT = "incident"
    COMPLAINT = "complaint"
    QUESTION = "question"
    REQUEST = "request"
    PROBLEM = "problem"


class News(StrEnum):
    """What customers are told of a ticket beside what people write to them; each can be switched off."""

    RECEIVED = "received"
    WORKING = "working"
    WAITING = "waiting"
    SOLVED = "solved"
    REOPENED = "reopened"
    CLOSED = "closed"
    HANDED_OVER = "handed_over"
    ADDED = "added"


class LinkKind(StrEnum):
    """What the other ticket is to this one: its problem, something related, or the one that goes on in its place.

    `LIKE` leads to the ticket with which it was suggested that several like ones are a problem.
    """

    PROBLEM = "problem"
    RELATED = "related"
    LIKE = "like"
    MERGED_INTO = "merged_into"


class ArticleKind(StrEnum):
    """Who may see an article: everybody, agents only, or nobody in particular (machine mail kept for the record)."""

    PUBLIC = "public"
    NOTE = "note"
    AUTO = "auto"


class Direction(StrEnum):
    """Whether an article came in or went out."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who may work tickets. `address` is private: customers never see it.

    `signature` is what stands under their answers, by language; "" stands for any.
    """

    name: str
    display: str
    address: str
    aliases: tuple[str, ...] = ()
    signature: Mapping[str, str] = field(default_factory=dict)

    @property
    def addresses(self) -> frozenset[str]:
        """Every address that is this agent's, casefolded."""
        return frozenset(address.casefold() for address in (self.address, *self.aliases))


@dataclass(frozen=True, slots=True)
class Group:
    """A team that tickets are routed to. `members` are agents' names; `address` (a shared one)
    and `manager` (an address) may be empty. `silent` names what customers are not told of its tickets.
    `signature` is what stands under answers to them, by language. `accept_within` is how much business time there is to
    accept a ticket that another group hands to this one, None for what holds for all.
    """

    name: str
    display: str
    members: tuple[str, ...] = ()
    lead: str | None = None
    address: str = ""
    manager: str = ""
    silent: tuple[News, ...] = ()
    signature: Mapping[str, str] = field(default_factory=dict)
    accept_within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """All agents and groups."""

    agents: tuple[Agent, ...] = ()
    groups: tuple[Group, ...] = ()

    def agent(self, name: str) -> Agent | None:
        """Return the agent called `name` (any case)."""
        return next((agent for agent in self.agents if agent.name.casefold() == name.casefold()), None)

    def agent_at(self, address: str) -> Agent | None:
        """Return the agent whose address or alias this is."""
        return next((agent for agent in self.agents if address.casefold() in agent.addresses), None)

    def group(self, name: str) -> Group | None:
        """Return the group called `name` (any case)."""
        return next((group for group in self.groups if group.name.casefold() == name.casefold()), None)


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """An agent's answer (by the agent's name) that waits for their decision, since `at`, when they were last asked.

    It lies in the ticket as the internal `article`, and was the mail `mail` of the spool. `inside` tells that what it
    answers was internal: it was a note from its beginning, up to a line `#reply`.
    """

    agent: str
    at: datetime
    article: int = 0
    mail: int = 0
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A hand-over that the ticket's group has not accepted yet: which group gave it, since when, and by when to accept.

    `left` is how much business time there was for it at `since`, from when on it goes; None for `since` while it stands
    still. `accept_by` is None then, and where there is no business time in which that could be. Offers of versions that
    kept `accept_by` alone have neither while their time goes.
    """

    giver: str
    at: datetime
    accept_by: datetime | None
    left: timedelta | None = None
    since: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """Tell whether the time stands still."""
        return self.left is not None and self.since is None


@dataclass(frozen=True, slots=True)
class Ticket:
    """The head of a ticket as it stands at one moment. `group` and `assignee` are names from the directory.

    `organisation` is the name of the one that the requester belongs to, `ci` that of the configuration item that it is
    about, both None where they are not known; `fields` are the desk's own, by name. `watchers` are agents, by name, who
    are told of what happens to it without owning it. `silent` names what its customers are not told of.
    `updated_at` is when a person last did something about it,
    `status_since` when its status was set. `snoozed_until` is when it wakes up, `attend_at` when the next thing will
    happen to it by itself; None for never. `service_level` is the policy that was chosen for it by name; `clocks` are
    those of its service level, where there is one. `held` are agents' answers that were not sent yet, oldest first.
    `offer` is the hand-over that its group is still to accept. `dormant`: it was made of old mail, and nothing happens
    to it by itself before somebody does something about it.
    """

    number: int
    subject: str
    status: Status
    type: TicketType
    priority: Priority
    group: str
    assignee: str | None
    requester: Address
    mailbox: str
    language: str
    created_at: datetime
    updated_at: datetime
    status_since: datetime
    participants: tuple[Address, ...] = ()
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    organisation: str | None = None
    ci: str | None = None
    watchers: tuple[str, ...] = ()
    silent: tuple[News, ...] = ()
    snoozed_until: datetime | None = None
    attend_at: datetime | None = None
    service_level: str | None = None
    clocks: tuple[Clock, ...] = ()
    held: tuple[HeldAnswer, ...] = ()
    offer: Offer | None = None
    dormant: bool = False

    @property
    def people(self) -> tuple[Address, ...]:
        """The requester and every participant, each once; somebody without an address is not among them."""
        known: dict[str, Address] = {}
        for person in (self.requester, *self.participants):
            known.setdefault(person.key, person)
        return tuple(person for person in known.values() if "@" in person.address)

    def has_participant(self, address: str) -> bool:
        """Tell whether the address is the requester's or a participant's."""
        return address.casefold() in {person.key for person in self.people}


@dataclass(frozen=True, slots=True)
class Beside:
    """Another open ticket about the same thing, in a line."""

    number: int
    subject: str
    status: Status


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An attachment that lies in the blob store under its digest, "" where it lies there no longer or never did.

    `refused` says why it was never kept: a word, and what was found.
    """

    filename: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str | None = None
    refused: str = ""

    @property
    def why(self) -> str:
        """The word of its refusal, without what was found; "" where it was not refused."""
        return self.refused.partition(" ")[0]

    @property
    def found(self) -> str:
        """What was found in it that it was refused for, "" where nothing is to be named."""
        return self.refused.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class Article:
    """One entry of a ticket. `text` is what was written, `full_text` the whole body with its quotations."""

    kind: ArticleKind
    direction: Direction
    sender: Address
    at: datetime
    text: str = field(repr=False)
    full_text: str = field(default="", repr=False)
    html: str | None = field(default=None, repr=False)
    message_id: str | None = None
    mail_kind: str = "normal"
    attachments: tuple[StoredFile, ...] = ()
    flags: tuple[str, ...] = ()
