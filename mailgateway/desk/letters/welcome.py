"""Who takes part in a ticket from now on is told so, once: what it is about, what they get, and how to leave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.letters import notices
from mailgateway.desk.letters.news import is_silent
from mailgateway.desk.model import News, Ticket
from mailgateway.desk.plan import Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.mail.model import Address

MOST_TOLD = 10
"""So many newcomers of one mail are told: the rest learn of it with the first answer. A forged Cc writes to few."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """Who is told; `asks_about` are those of whom it is not known yet how much they got lately."""

    notices: tuple[Notice, ...] = ()
    asks_about: tuple[str, ...] = ()


def welcome(
    people: Sequence[Address], ticket: Ticket, candidate: Candidate | None, facts: Facts, policy: Policy
) -> Welcome:
    """Tell people, who are newcomers to the ticket, that they take part; `candidate` is None for a new ticket."""
    # an agent's own matter would show their address
    if is_silent(News.ADDED, ticket, policy) or policy.is_internal(ticket.requester.address):
        return Welcome()
    told = [_notice(person, candidate or Candidate(ticket), ticket, policy) for person in people[:MOST_TOLD]]
    return Welcome(
        notices=tuple(notice for notice in told if not notices.why_not(notice, facts, policy)),
        asks_about=tuple(one.recipient.key for one in told if one.recipient.key not in facts.automatic_mails),
    )


def _notice(person: Address, candidate: Candidate, ticket: Ticket, policy: Policy) -> Notice:
    bare = notices.status_changed(ticket, ticket.status, candidate, policy)
    values = {"yours": person.key == ticket.requester.key}
    return replace(bare, kind=NoticeKind.ADDED, recipient=person, bound_to=person.key, values=values)
