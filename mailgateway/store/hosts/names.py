"""How mailboxes and hosts are called in the database: numbers of locks, and names of connections."""

from hashlib import sha256

READS, WAITS = 0x6D69, 0x6D6A
"""What the upper sixteen bits of an advisory lock's number say: this host reads the mailbox, or waits for it."""

BEGINNING = "mailgateway host "
"""How the name of a host's own connection begins (application_name); the rest is `HOST/PID`."""

_BITS = 48
_LONGEST_NAME = 63


def number_of(mailbox: str) -> int:
    """Return the number that hosts know a mailbox by."""
    return int.from_bytes(sha256(mailbox.encode()).digest()[: _BITS // 8])


def lock(kind: int, mailbox: int) -> int:
    """Return the number of a lock: what it says, and of which mailbox."""
    return kind << _BITS | mailbox


def connection_name(host: str) -> str:
    """Return the name of a host's connection; PostgreSQL keeps 63 characters of it."""
    return f"{BEGINNING}{host}"[:_LONGEST_NAME]
