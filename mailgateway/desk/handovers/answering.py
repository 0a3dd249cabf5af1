"""What comes of it when an agent accepts or declines a ticket that is offered to their group."""

from dataclasses import replace

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.facts import Candidate
from mailgateway.desk.handovers.answer import OfferAnswer
from mailgateway.desk.handovers.changes import OfferEnd
from mailgateway.desk.handovers.offering import is_of
from mailgateway.desk.model import Agent, Ticket
from mailgateway.desk.policy import Policy

_ENDS = {
    OfferAnswer.ACCEPT: OfferEnd.ACCEPTED,
    OfferAnswer.ACCEPT_FOR_GROUP: OfferEnd.ACCEPTED,
    OfferAnswer.DECLINE: OfferEnd.DECLINED,
}


def against_answering(orders: Orders, agent: Agent, candidate: Candidate, policy: Policy) -> str:
    """Return why an offer cannot be answered like this, "" where it can; who runs the desk may for any group."""
    if orders.offer is None:
        return ""
    word, offer, group = f"#{orders.offer.partition(' ')[0]}", candidate.ticket.offer, candidate.ticket.group
    if offer is None:
        return f"{word}: the ticket is not offered to {group}: it is theirs already"
    if agent in policy.directory.agents and not is_of(policy.directory.group(group), agent):
        return f"{word}: the ticket is offered to {group}, and you are not in that group"
    if orders.group is not None:
        return f"{word}: leave out #group; to hand the ticket to another group, write #group alone"
    if orders.offer is OfferAnswer.DECLINE:
        return _against_declining(orders, offer.giver, policy)
    return ""


def _against_declining(orders: Orders, giver: str, policy: Policy) -> str:
    if orders.assign is not None:
        return f"#decline: leave out #assign: the ticket goes back to {giver}"
    if policy.directory.group(giver) is None:
        return f"#decline: there is no group {giver} any more to give it back to; hand it to another one with #group"
    return ""


def resolved(orders: Orders, agent: Agent, ticket: Ticket, policy: Policy) -> Orders:
    """Return what an answer to an offer orders besides: who has the ticket then."""
    match orders.offer:
        case OfferAnswer.DECLINE if ticket.offer is not None:
            return replace(orders, group=ticket.offer.giver)
        case OfferAnswer.ACCEPT if ticket.assignee is None and agent in policy.directory.agents:
            return orders if orders.assign is not None else replace(orders, assign=agent.name)
        case OfferAnswer.ACCEPT_FOR_GROUP if orders.assign is None:
            return replace(orders, assign="")
    return orders


def ended_by(orders: Orders) -> OfferEnd | None:
    """Return how orders end an offer in so many words, None where they say nothing of it."""
    return None if orders.offer is None else _ENDS[orders.offer]
