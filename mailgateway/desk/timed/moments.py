"""Moments: when something will happen to a ticket by itself, as long as nobody changes it before."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import Change, Notice
from mailgateway.desk.policy import Policy


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that is due at a time. It has its effect once for each `name`; `what` is its source's word for it.

    A name tells what the time is counted from: counted anew, it is another moment.
    """

    at: datetime
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What comes of moments: `fired` names those that had their effect; the others may have it after a change.

    `waits_for` is the group whose workload has to be gathered first. `again` is when to look once more at those others.
    """

    changes: tuple[Change, ...] = ()
    notices: tuple[Notice, ...] = ()
    fired: tuple[str, ...] = ()
    waits_for: str = ""
    again: datetime | None = None


Take = Callable[[Sequence[Moment], Candidate, Facts, Policy], Effect]
"""Moments that are due, the ticket as it is by now, and what is known -> what comes of them."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something that knows moments of a ticket, and what they come to."""

    moments: Callable[[Ticket, Policy], Iterator[Moment]]
    take: Take


def last_change(ticket: Ticket) -> datetime:
    """Return when a person, or what happens by itself, last changed something that times are counted from."""
    return max(ticket.updated_at, ticket.status_since)
