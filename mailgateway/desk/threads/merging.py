"""Two tickets about one matter: the one is closed, the other goes on with the people of both."""

from dataclasses import dataclass, replace

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.incoming import MOST_PARTICIPANTS
from mailgateway.desk.letters import notices
from mailgateway.desk.model import Agent, Status, Ticket
from mailgateway.desk.plan import Change, MergeInto, Notice, SetStatus
from mailgateway.desk.policy import Policy
from mailgateway.mail.model import Address


@dataclass(frozen=True, slots=True)
class Merging:
    """What merging changes, and who is told."""

    changes: tuple[Change, ...] = ()
    notices: tuple[Notice, ...] = ()


def against_merging(orders: Orders, candidate: Candidate, facts: Facts) -> str:
    """Return why the ticket cannot be merged into the one that the orders name; "" where it can, or shall not be.

    Whoever is merged is closed, and nothing is merged into what is closed: so no two tickets can lead to each other.
    """
    number, ticket = orders.merge, candidate.ticket
    if number is None:
        return ""
    into = facts.candidate(number)
    if into is None:
        return f"#merge {number}: there is no ticket {number}"
    return _against(orders, candidate) or _against_survivor(number, ticket, into)


def _against(orders: Orders, candidate: Candidate) -> str:
    if candidate.survivor is not None:
        return f"#merge {orders.merge}: ticket {candidate.ticket.number} is merged into {candidate.survivor} already"
    if orders.status not in (None, Status.CLOSED):
        return f"#merge {orders.merge} closes this ticket; leave #{orders.status} out"
    return ""


def _against_survivor(number: int, ticket: Ticket, into: Candidate) -> str:
    survivor = into.survivor or into.ticket.number
    if number == ticket.number:
        return f"#merge {number}: this is ticket {number} itself"
    if survivor == ticket.number:
        return f"#merge {number}: ticket {number} was merged into this one before"
    if survivor != number:
        return f"#merge {number}: ticket {number} was merged into {survivor}; write #merge {survivor}"
    if into.ticket.status is Status.CLOSED:
        return f"#merge {number}: ticket {number} is closed; open it first, or merge it into this one"
    together = len(into.ticket.participants) + len(_joining(ticket, into.ticket))
    if together > MOST_PARTICIPANTS:
        return (
            f"#merge {number}: {together} people would take part, and a ticket has room for {MOST_PARTICIPANTS};"
            " link both to a problem instead"
        )
    return ""


def merging(
    orders: Orders, agent: Agent, ticket: Ticket, candidate: Candidate, facts: Facts, policy: Policy
) -> Merging:
    """Return what becomes of a ticket (as it is after all other orders) that is merged, and tell its requester so.

    What was written stays where it is: neither ticket's people get to see what the others wrote before.
    """
    into = None if orders.merge is None else facts.candidate(orders.merge)
    if into is None:
        return Merging()
    closed = (SetStatus(ticket.status, Status.CLOSED),) if ticket.status is not Status.CLOSED else ()
    people = _joining(ticket, into.ticket)
    survivor = replace(into.ticket, participants=(*into.ticket.participants, *people))
    told = notices.merged(ticket, survivor, candidate, policy)
    silent = ticket.requester.key in agent.addresses or notices.why_not(told, facts, policy)
    return Merging((*closed, MergeInto(survivor.number, people)), () if silent else (told,))


def _joining(ticket: Ticket, survivor: Ticket) -> tuple[Address, ...]:
    return tuple(person for person in ticket.people if not survivor.has_participant(person.address))
