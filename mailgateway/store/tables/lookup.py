"""The forms in which strangers' words are looked up: bounded, as an index of PostgreSQL takes 2,700 bytes at most."""

from collections.abc import Iterable
from hashlib import sha256

from mailgateway.store.tables.columns import storable

LONGEST_KEY = 255
_LARGEST_ID = 2**63 - 1


def lookup_key(text: str) -> str:
    """Return the text itself, or its digest where it is longer than 255 characters. A key is its own key."""
    if len(text) <= LONGEST_KEY:
        return storable(text)
    return f"sha256:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def address_key(address: str) -> str:
    """Return the form in which addresses are looked up: casefolded and bounded."""
    return lookup_key(address.casefold())


def possible_ids(ids: Iterable[int]) -> list[int]:
    """Return those numbers that a row can have at all, in order: people and mails name any."""
    return sorted({one for one in ids if 0 < one <= _LARGEST_ID})
