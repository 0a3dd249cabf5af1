"""Changes of who has to do with a ticket: its requester, who takes part, who watches, and what they wish for."""

from collections.abc import Callable, Mapping
from typing import Any

from mailgateway.desk.as_json import person
from mailgateway.desk.customers.heading import SetRequester
from mailgateway.desk.customers.wish import Leave, Rate, Unsubscribe
from mailgateway.desk.plan import AddParticipants, ChangeWatchers
from mailgateway.store.service.wishes import rate, remove_person, unsubscribe
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tickets.belongings import add_people, add_watchers, remove_watchers
from mailgateway.store.tickets.changing import Changing


def _set_requester(ticket: Changing, change: SetRequester) -> None:
    ticket.before.setdefault("requester_address", change.before.address)
    ticket.after["requester_name"] = change.after.name
    ticket.after["requester_address"] = change.after.address
    ticket.after["requester_key"] = address_key(change.after.address)
    remove_person(ticket.tx, ticket.number, change.after.address)
    ticket.tell("requester", {"before": person(change.before), "after": person(change.after)})


def _add_participants(ticket: Changing, change: AddParticipants) -> None:
    add_people(ticket.tx, ticket.number, change.people)
    ticket.tell("participants", {"added": [person.address for person in change.people]})


def _change_watchers(ticket: Changing, change: ChangeWatchers) -> None:
    add_watchers(ticket.tx, ticket.number, change.add)
    remove_watchers(ticket.tx, ticket.number, change.remove)
    ticket.tell("watchers", {"added": list(change.add), "removed": list(change.remove)})


def _rate(ticket: Changing, change: Rate) -> None:
    rate(ticket.tx, ticket.number, change.value, ticket.plan.at)
    ticket.tell("rated", {"value": change.value})


def _unsubscribe(ticket: Changing, change: Unsubscribe) -> None:
    unsubscribe(ticket.tx, change.address, 0 if change.everything else ticket.number, ticket.plan.at)
    ticket.tell("unsubscribed", {"address": change.address, "everything": change.everything})


def _leave(ticket: Changing, change: Leave) -> None:
    remove_person(ticket.tx, ticket.number, change.address)
    ticket.tell("left", {"address": change.address})


OF_PEOPLE: Mapping[type, Callable[[Changing, Any], None]] = {
    SetRequester: _set_requester,
    AddParticipants: _add_participants,
    ChangeWatchers: _change_watchers,
    Rate: _rate,
    Unsubscribe: _unsubscribe,
    Leave: _leave,
}
