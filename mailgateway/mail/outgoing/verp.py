"""Envelope senders that name their letter: support+b.LETTER@example.com (VERP), for reports that say nothing else.

LETTER is the local part of the letter's Message-ID, which nobody knows but those who got the letter.
"""

import re

_LONGEST_LOCAL_PART = 64
_DETAIL = re.compile(r"b\.([a-z2-7]{32})\Z", re.ASCII | re.IGNORECASE)


def verp_address(base: str, message_id: str) -> str:
    """Return `base` with the letter in it, or `base` as it is where that has no room (RFC 5321 section 4.5.3.1.1)."""
    local, _, domain = base.rpartition("@")
    detailed = f"{local}+b.{message_id.partition('@')[0]}"
    return f"{detailed}@{domain}" if len(detailed.encode()) <= _LONGEST_LOCAL_PART else base


def read_verp_address(address: str, own_addresses: frozenset[str], domain: str) -> str:
    """Return the Message-ID of the letter in an address that is one of ours but for its detail part; "" for none.

    `domain` is that of our letters' ids; `own_addresses` are casefolded.
    """
    local, _, at = address.rpartition("@")
    base, _, detail = local.rpartition("+")
    match = _DETAIL.match(detail)
    if match is None or f"{base}@{at}".casefold() not in own_addresses:
        return ""
    return f"{match[1].lower()}@{domain}"
