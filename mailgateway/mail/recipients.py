"""Whom a mail was sent to, and where it came by on its way: the header, and what servers and forwarders add to it."""

from mailgateway.mail.model import Address, Mail
from mailgateway.mail.wire.addresses import read_addresses

_DELIVERY_FIELDS = (
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Delivered-To",
    "X-Gm-Original-To",
    "X-Forwarded-To",
    "Resent-To",
    "Resent-Cc",
)
"""Of the last server, of those before it (an alias, a mailbox that forwards), and of a person who redirects a mail."""
_MOST_OF_A_FIELD = 10


def recipients(mail: Mail) -> tuple[Address, ...]:
    """Return every address that a mail was sent to or delivered at: To first, then Cc, then as the way was told."""
    found = [*mail.to, *mail.cc]
    for name in _DELIVERY_FIELDS:
        for value in mail.headers.all(name)[:_MOST_OF_A_FIELD]:
            found.extend(read_addresses(value))
    return tuple(found)
