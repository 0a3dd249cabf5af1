"""Whether somebody belongs to a ticket: as one who takes part, under another address of theirs, or as a colleague."""

from enum import StrEnum

from mailgateway.desk.model import Ticket
from mailgateway.desk.policy import Colleagues, Policy
from mailgateway.mail.model import Address

# Where anybody may have an address: to share such a domain makes nobody a colleague.
_PUBLIC_DOMAINS = frozenset(
    (
        "126.com", "163.com", "aim.com", "aol.com", "bk.ru", "bluewin.ch", "btinternet.com", "comcast.net",
        "email.cz", "fastmail.com", "fastmail.fm", "free.fr", "freemail.hu", "freenet.de", "gazeta.pl",
        "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com", "home.pl",
        "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.fr", "hotmail.it", "hushmail.com", "icloud.com",
        "inbox.lv", "inbox.ru", "interia.eu", "interia.pl", "laposte.net", "libero.it", "list.ru", "live.com",
        "live.co.uk", "live.de", "live.fr", "mac.com", "mail.com", "mail.de", "mail.ru", "mailbox.org",
        "mailfence.com", "me.com", "msn.com", "naver.com", "o2.pl", "onet.eu", "onet.pl", "op.pl", "orange.fr",
        "outlook.com", "outlook.de", "outlook.fr", "poczta.fm", "poczta.onet.pl", "posteo.de", "proton.me",
        "protonmail.com", "ptd.net", "qq.com", "rambler.ru", "rediffmail.com", "rocketmail.com", "seznam.cz",
        "sfr.fr", "shaw.ca", "t-online.de", "telenet.be", "tlen.pl", "tuta.com", "tuta.io", "tutanota.com",
        "tutanota.de", "ukr.net", "verizon.net", "vp.pl", "wanadoo.fr", "web.de", "wp.pl", "yahoo.co.jp",
        "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru",
        "ymail.com", "zoho.com",
    )
)  # fmt: skip


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
    is_shared = rule is Colleagues.DOMAIN and person.domain not in _PUBLIC_DOMAINS
    return is_shared and any(person.domain == known.domain for known in ticket.people)
