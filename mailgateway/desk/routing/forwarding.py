"""The mail itself goes on to an address outside the ticket, and never in circles."""

from dataclasses import dataclass, replace

from mailgateway.desk.facts import Facts
from mailgateway.desk.files.screening import refused
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.letters import notices
from mailgateway.desk.model import Article, StoredFile, Ticket
from mailgateway.desk.plan import Change, Notice, RecordEvent
from mailgateway.desk.policy import Policy
from mailgateway.mail.machines.classify import OWN_FIELD
from mailgateway.mail.model import Address

_NAME = "mail.eml"


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What goes on, and what is to be written down of it.

    `to` are the addresses that get it; `asks_about` those of which it is not known yet how much they got lately.
    """

    notices: tuple[Notice, ...] = ()
    changes: tuple[Change, ...] = ()
    to: tuple[str, ...] = ()
    asks_about: tuple[str, ...] = ()


def forward(
    addresses: tuple[str, ...],
    incoming: Incoming,
    article: Article,
    ticket: Ticket | None,
    facts: Facts,
    policy: Policy,
) -> Forwarded:
    """Send the mail on as it arrived, attached to a letter; `ticket` is None where it gets none.

    A mail of a gateway (this or another), and one that came from the very address, goes nowhere; nor does more than
    `forwards_per_hour` to one address.
    """
    if not addresses:
        return Forwarded()
    refused = {address: _why_not(address, incoming, facts, policy) for address in addresses}
    to = tuple(address for address in addresses if not refused[address])
    whole = replace(article, attachments=(_as_file(incoming),))
    sent: tuple[Change, ...] = (RecordEvent("forwarded", {"to": ", ".join(to)}),) if to else ()
    not_sent = tuple(RecordEvent("not_forwarded", {"to": to, "why": why}) for to, why in refused.items() if why)
    return Forwarded(
        notices=tuple(notices.forwarded(incoming, whole, Address("", one), ticket, policy) for one in to),
        changes=(*sent, *not_sent),
        to=to,
        asks_about=tuple(one.casefold() for one in to if one.casefold() not in facts.automatic_mails),
    )


def _why_not(address: str, incoming: Incoming, facts: Facts, policy: Policy) -> str:
    key, mail = address.casefold(), incoming.mail
    if policy.is_ours(key):
        return "the address is our own"
    if key in {person.key for person in (mail.sender, *mail.reply_to) if person is not None}:
        return "the mail came from there"
    if unfit := _unfit(incoming):
        return unfit
    if facts.automatic_mails.get(key, 0) >= policy.forwards_per_hour:
        return "the address had enough mails within the hour"
    return ""


def _unfit(incoming: Incoming) -> str:
    """Return why a mail goes on to nobody, "" where it may."""
    if incoming.mail.headers.get(OWN_FIELD):
        return "a gateway wrote the mail"
    if incoming.too_large:
        return "only the header of the mail was fetched"
    return "it brings a file that is not accepted, and would go on as it came" if refused(incoming.mail) else ""


def _as_file(incoming: Incoming) -> StoredFile:
    return StoredFile(_NAME, "message/rfc822", incoming.size, incoming.sha256)
