"""What happens to a hand-over that its new group has to accept: it is offered, and it ends."""

from dataclasses import dataclass
from enum import StrEnum

from mailgateway.desk.model import Offer


class OfferEnd(StrEnum):
    """How an offer ended: its group accepted it or gave it back, or nothing is left to be accepted."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "offer_withdrawn"


@dataclass(frozen=True, slots=True)
class OfferTicket:
    """Have the ticket wait for its new group (by name) to accept it."""

    offer: Offer
    group: str


@dataclass(frozen=True, slots=True)
class EndOffer:
    """Let the group (by name) that a ticket was offered to wait no longer with its answer."""

    offer: Offer
    group: str
    end: OfferEnd


@dataclass(frozen=True, slots=True)
class TimeOffer:
    """Let the time for accepting stand still, go on, or be over at another moment, as `after` has it.

    `group` (by name) is who the ticket is offered to.
    """

    before: Offer
    after: Offer
    group: str


OfferChange = OfferTicket | EndOffer | TimeOffer


def offer_after(change: OfferChange) -> Offer | None:
    """Return the offer that a ticket's group is to answer after a change."""
    match change:
        case OfferTicket(offer, _) | TimeOffer(_, offer, _):
            return offer
        case EndOffer():
            return None
