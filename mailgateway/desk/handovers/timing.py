"""The time that a group has to accept a ticket. It stands still while the customer is waited for, as clocks do."""

from dataclasses import replace
from datetime import datetime

from mailgateway.desk.handovers.changes import TimeOffer
from mailgateway.desk.levels.business_time import business_time, stands_still
from mailgateway.desk.model import Offer, Ticket
from mailgateway.desk.policy import Policy


def timed(offer: Offer, ticket: Ticket, at: datetime, policy: Policy) -> Offer:
    """Return the offer of a ticket, which is so from an instant on; what was over before stays so."""
    hours = business_time(ticket, policy)
    if not stands_still(ticket, policy):
        return offer if offer.left is None else replace(offer, accept_by=hours.after(at, offer.left), left=None)
    if offer.accept_by is None or offer.accept_by <= at:
        return offer
    return replace(offer, accept_by=None, left=hours.between(at, offer.accept_by))


def retimed(ticket: Ticket, at: datetime, policy: Policy) -> tuple[TimeOffer, ...]:
    """Return the change by which the time of a ticket's offer stands still or goes on, none where it does already."""
    if ticket.offer is None:
        return ()
    offer = timed(ticket.offer, ticket, at, policy)
    return () if offer == ticket.offer else (TimeOffer(ticket.offer, offer, ticket.group),)
