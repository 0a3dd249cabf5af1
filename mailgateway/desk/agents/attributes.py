"""What orders change of a ticket beside its course: whom it counts for, what is promised, who watches, its fields."""

from collections.abc import Iterator

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.customers.counting import SetOrganisation
from mailgateway.desk.customers.wish import Leave
from mailgateway.desk.levels.level_changes import SetServiceLevel
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import Change, ChangeWatchers, SetFields


def attributes(orders: Orders, ticket: Ticket) -> tuple[Change, ...]:
    """Return the changes that give a ticket what the orders say, none where it is so already."""
    return (
        *_counted_for(orders, ticket),
        *_watched(orders, ticket),
        *_filled_in(orders, ticket),
        *_left(orders, ticket),
    )


def _counted_for(orders: Orders, ticket: Ticket) -> Iterator[Change]:
    organisation, level = orders.organisation, orders.service_level
    if organisation is not None and (organisation or None) != ticket.organisation:
        yield SetOrganisation(ticket.organisation, organisation or None)
    if level is not None and (level or None) != ticket.service_level:
        yield SetServiceLevel(ticket.service_level, level or None)


def _watched(orders: Orders, ticket: Ticket) -> Iterator[Change]:
    removed = tuple(name for name in dict.fromkeys(orders.unwatch) if name in ticket.watchers)
    added = tuple(name for name in dict.fromkeys(orders.watch) if name not in ticket.watchers)
    if added or removed:
        yield ChangeWatchers(added, removed)


def _filled_in(orders: Orders, ticket: Ticket) -> Iterator[Change]:
    values = {**ticket.fields, **dict(orders.fields)}
    after = {name: value for name, value in values.items() if value}
    if after != ticket.fields:
        yield SetFields(ticket.fields, after)


def _left(orders: Orders, ticket: Ticket) -> Iterator[Change]:
    leaving = {address.casefold() for address in orders.leave}
    yield from (Leave(person.address) for person in ticket.participants if person.key in leaving)
