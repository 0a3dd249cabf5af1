"""A ticket whose subject, requester or language is not right: what may stand there instead, and what follows."""

from collections.abc import Collection, Iterator

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.customers.counting import SetOrganisation
from mailgateway.desk.customers.heading import LONGEST_SUBJECT, SetLanguage, SetRequester, SetSubject
from mailgateway.desk.customers.organisations import Organisation
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import Change
from mailgateway.desk.policy import Policy
from mailgateway.mail.machines.unread import is_unread
from mailgateway.mail.model import Address
from mailgateway.mail.wire.addresses import read_address
from mailgateway.mail.written.subjects import without_tags
from mailgateway.rules.nearest import instead


def read_subject(written: str, tags: tuple[str, ...]) -> str:
    """Return a subject as tickets have it: on one line, without numbers of tickets; raises ValueError with the mend."""
    if len(written) > LONGEST_SUBJECT:
        raise ValueError(f"a subject has at most {LONGEST_SUBJECT} characters, and this one {len(written)}")
    subject = without_tags(written, tags)
    if not subject:
        raise ValueError("a subject has words: write what the ticket is about; its number is added by itself")
    if not subject.isprintable():
        raise ValueError("a subject has no control characters: write it as plain text")
    return subject


def read_language(written: str, known: Collection[str]) -> str:
    """Return the code of a language that there are words in; raises ValueError with those that there are.

    That of a country (pl-PL) is taken where there are words in the language.
    """
    wanted = written.casefold()
    found = next((one for one in known if wanted == one.casefold()), "")
    if not found and not any(wanted.startswith(f"{one.casefold()}-") for one in known):
        raise ValueError(f"there are no words in this language; {instead(written, sorted(known))}")
    return found or written


def read_person(written: str) -> Address:
    """Return whom an address with or without a name is of; raises ValueError with the mend."""
    read = read_address(written)
    if read is None:
        raise ValueError('this is no address; write one, such as jane@customer.example or "Jane <jane@…>"')
    return read


def against_requester(person: Address, policy: Policy) -> str:
    """Return why this address can ask for nothing, "" where it can; an agent may have a matter of their own."""
    if policy.is_ours(person.address):
        return "mail to this address arrives here; name the customer's own address"
    if policy.is_internal(person.address) and policy.directory.agent_at(person.address) is None:
        return "this is the shared address of a group; name a person's own"
    if is_unread(person.address):
        return "nobody reads answers at this address; name a person's own"
    return ""


def corrected(orders: Orders, ticket: Ticket, policy: Policy) -> Iterator[Change]:
    """Give the changes that set right what orders name, and what follows from that."""
    if orders.subject is not None and orders.subject != ticket.subject:
        yield SetSubject(ticket.subject, orders.subject)
    requester = ticket.requester if orders.requester is None else _known(orders.requester, ticket, policy)
    if (requester.key, requester.name) != (ticket.requester.key, ticket.requester.name):
        yield SetRequester(ticket.requester, requester)
    follows = _employer_after(requester, orders, ticket, policy)
    if follows != ticket.organisation:
        yield SetOrganisation(ticket.organisation, follows)
    language = orders.language or _spoken_by(follows, ticket, policy)
    if language != ticket.language:
        yield SetLanguage(ticket.language, language)


def _known(wanted: Address, ticket: Ticket, policy: Policy) -> Address:
    """Return somebody by the name that is known of them, where only their address was given."""
    taking_part = next((one.name for one in ticket.people if one.key == wanted.key), "")
    person = policy.organisations.person(wanted.address)
    return Address(wanted.name or taking_part or (person.name if person else ""), wanted.address)


def _employer_after(requester: Address, orders: Orders, ticket: Ticket, policy: Policy) -> str | None:
    """Return whom the ticket counts for: it follows its requester, unless it was given to another organisation."""
    was, becomes = (_name(policy.organisations.of(one.address)) for one in (ticket.requester, requester))
    follows = requester.key != ticket.requester.key and orders.organisation is None and was == ticket.organisation
    return becomes if follows else ticket.organisation


def _spoken_by(organisation: str | None, ticket: Ticket, policy: Policy) -> str:
    """Return the language of letters: that of an organisation that the ticket begins to count for, where it has one."""
    found = policy.organisations.named(organisation) if organisation != ticket.organisation else None
    return (found.language if found is not None else "") or ticket.language


def _name(organisation: Organisation | None) -> str | None:
    return organisation.name if organisation is not None else None
