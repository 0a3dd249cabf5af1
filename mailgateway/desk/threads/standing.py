"""Whether somebody belongs to a ticket: as one who takes part, under another address of theirs, or as a colleague."""

from enum import StrEnum

from mailgateway.desk.model import Ticket
from mailgateway.desk.policy import Colleagues, Policy
from mailgateway.desk.threads.public_domains import PUBLIC_DOMAINS
from mailgateway.mail.model import Address


class Standing(StrEnum):
    """How somebody belongs to a ticket."""

    PARTICIPANT = "participant"
    ALIAS = "participant under another address"
    COLLEAGUE = "colleague"


def standing(person: Address | None, ticket: Ticket, policy: Policy) -> Standing | None:
    """Return how the writer of a mail belongs to a ticket, None where they do not."""
    if person is None or "@" not in person.address:
        return None
    if ticket.has_participant(person.address):
        return Standing.PARTICIPANT
    if any(ticket.has_participant(address) for address in policy.organisations.addresses_of(person.address)):
        return Standing.ALIAS
    return Standing.COLLEAGUE if _is_colleague(person, ticket, policy) else None


def _is_colleague(person: Address, ticket: Ticket, policy: Policy) -> bool:
    rule = policy.conversation.colleagues
    if rule is Colleagues.NOBODY or policy.is_internal(person.address):
        return False
    employer = policy.organisations.of(person.address)
    if employer is not None and any(policy.organisations.of(known.address) == employer for known in ticket.people):
        return True
    is_shared = rule is Colleagues.DOMAIN and person.domain not in PUBLIC_DOMAINS
    return is_shared and any(person.domain == known.domain for known in ticket.people)
