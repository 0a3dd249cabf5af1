"""A digest: what is to be done now, by one agent or in one group, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_TOLD = 15
MOST_IN_SHORT = 5
SOON = timedelta(hours=24)
"""What is due within this time is told of as due soon."""


class Section(StrEnum):
    """What the tickets of a part have in common."""

    OFFERED = "offered"
    TO_DO = "to_do"
    WAITING = "waiting"
    DUE = "due"
    UNASSIGNED = "unassigned"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Errand:
    """A ticket in a digest. `due_at` is when the next of its promises is due, that of `target`; None where none is.

    `since` is when a person last did something about it; `until` when it wakes up, where it is put aside. `giver`
    is the group that offers it, until `accept_by`.
    """

    number: int
    subject: str
    status: str
    priority: str
    assignee: str | None
    requester: str
    created_at: datetime
    since: datetime
    until: datetime | None
    due_at: datetime | None
    target: str | None
    giver: str | None = None
    accept_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The first of `count` tickets of a section."""

    section: Section
    tickets: tuple[Errand, ...]
    count: int

    @property
    def more(self) -> int:
        """How many there are beside those told of."""
        return self.count - len(self.tickets)


@dataclass(frozen=True, slots=True)
class Digest:
    """What is to be done. `group` is what people call the group that it is of, "" for an agent's own."""

    group: str
    made_at: datetime
    parts: tuple[Part, ...]

    @property
    def shown(self) -> tuple[Part, ...]:
        """The parts that have something in them."""
        return tuple(part for part in self.parts if part.count)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is to be done: what waits for others alone is not worth a mail."""
        return all(part.section is Section.WAITING for part in self.shown)

    def is_late(self, ticket: Errand) -> bool:
        """Tell whether the time of a ticket was over when the digest was made."""
        return ticket.due_at is not None and ticket.due_at <= self.made_at

    def count(self, section: str) -> int:
        """Return how many tickets a section has, 0 where it is no part of this."""
        return next((part.count for part in self.parts if part.section == section), 0)
