"""The time that a group has to accept a ticket. It stands still while the customer is waited for, as clocks do."""

from dataclasses import replace
from datetime import datetime

from mailgateway.desk.handovers.changes import TimeOffer
from mailgateway.desk.levels.business_time import business_time, stands_still
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.model import Offer, Ticket
from mailgateway.desk.policy import Policy


def timed(offer: Offer, ticket: Ticket, at: datetime, policy: Policy) -> Offer:
    """Return the offer of a ticket, which is so from an instant on; what was over before it stands still stays so.

    What goes is counted, since it last began to go, by the calendar that holds for the ticket as it is now.
    """
    hours = business_time(ticket, policy)
    if not stands_still(ticket, policy):
        return _going(offer, at, hours)
    return offer if offer.is_paused or _is_over(offer, at) else _standing(_going(offer, at, hours), at, hours)


def retimed(ticket: Ticket, at: datetime, policy: Policy) -> tuple[TimeOffer, ...]:
    """Return the change by which the time of a ticket's offer stands still, goes on or ends at another moment."""
    if ticket.offer is None:
        return ()
    offer = timed(ticket.offer, ticket, at, policy)
    return () if offer == ticket.offer else (TimeOffer(ticket.offer, offer, ticket.group),)


def _going(offer: Offer, at: datetime, hours: Calendar) -> Offer:
    if offer.left is None:
        return offer
    since = offer.since or at
    return replace(offer, accept_by=hours.after(since, offer.left), since=since)


def _standing(offer: Offer, at: datetime, hours: Calendar) -> Offer:
    if _is_over(offer, at):
        return offer
    left = hours.between(at, offer.accept_by) if offer.accept_by is not None else offer.left
    return replace(offer, accept_by=None, left=left, since=None)


def _is_over(offer: Offer, at: datetime) -> bool:
    return offer.accept_by is not None and offer.accept_by <= at
