"""A ticket as it will be after a plan."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailgateway.desk.customers.counting import SetOrganisation
from mailgateway.desk.customers.heading import SetLanguage, SetRequester, SetSubject
from mailgateway.desk.customers.wish import Leave
from mailgateway.desk.handovers.changes import OfferChange, offer_after
from mailgateway.desk.holding.changes import HoldChange, held_after
from mailgateway.desk.letters.silence import Silence
from mailgateway.desk.levels.level_changes import Rouse, SetClocks, SetServiceLevel
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import (
    AddParticipants,
    Assign,
    Change,
    ChangeTags,
    ChangeWatchers,
    MoveToGroup,
    RecordFiring,
    SetCi,
    SetFields,
    SetPriority,
    SetStatus,
    SetType,
    Snooze,
)
from mailgateway.mail.model import Address

_REPLACED: dict[type[Change], str] = {
    MoveToGroup: "group",
    Assign: "assignee",
    SetPriority: "priority",
    SetType: "type",
    SetFields: "fields",
    SetSubject: "subject",
    SetLanguage: "language",
    SetOrganisation: "organisation",
    SetCi: "ci",
    SetServiceLevel: "service_level",
    SetClocks: "clocks",
    Snooze: "snoozed_until",
    Silence: "silent",
}


def after(ticket: Ticket, changes: Iterable[Change], at: datetime) -> Ticket:
    """Return the head of a ticket as these changes leave it at this time."""
    for change in changes:
        if isinstance(change, HoldChange):
            ticket = replace(ticket, held=held_after(ticket.held, change, at))
        elif isinstance(change, OfferChange):
            ticket = replace(ticket, offer=offer_after(change))
        elif isinstance(change, Rouse):
            ticket = replace(ticket, dormant=False)
        else:
            ticket = _after(ticket, change, at)
    return ticket


def fired_by(changes: Iterable[Change]) -> frozenset[str]:
    """Return the names of the moments that have their effect by these changes."""
    return frozenset(change.name for change in changes if isinstance(change, RecordFiring))


def _after(ticket: Ticket, change: Any, at: datetime) -> Ticket:
    match change:
        case SetStatus(_, status):
            return replace(ticket, status=status, status_since=at)
        case ChangeTags(add, remove):
            kept = tuple(tag for tag in ticket.tags if tag not in remove)
            return replace(ticket, tags=(*kept, *(tag for tag in add if tag not in kept)))
        case ChangeWatchers(add, remove):
            rest = tuple(name for name in ticket.watchers if name not in remove)
            return replace(ticket, watchers=(*rest, *(name for name in add if name not in rest)))
        case Leave() | AddParticipants() | SetRequester():
            return _with_people(ticket, change)
    attribute = _REPLACED.get(type(change))
    return ticket if attribute is None else replace(ticket, **{attribute: change.after})


def _with_people(ticket: Ticket, change: Leave | AddParticipants | SetRequester) -> Ticket:
    match change:
        case Leave(address):
            return replace(ticket, participants=_without(address, ticket))
        case SetRequester(_, requester):
            return replace(ticket, requester=requester, participants=_without(requester.address, ticket))
        case AddParticipants(people):
            return replace(ticket, participants=(*ticket.participants, *people))


def _without(address: str, ticket: Ticket) -> tuple[Address, ...]:
    return tuple(person for person in ticket.participants if person.key != address.casefold())
