"""How mailboxes and hosts are called in the database: numbers of locks, and names of connections."""

from hashlib import sha256

READS, WAITS, TURN = 0x6D69, 0x6D6A, 0x6D6B
"""What the upper sixteen bits of a lock's number say: this host reads a mailbox, waits for it, or is at a work."""

BEGINNING = "mailgateway host "
"""How the name of a host's own connection begins (application_name); the rest is `HOST/PID`."""

_BITS = 48
_LONGEST_NAME = 63


def number_of(name: str) -> int:
    """Return the number that hosts know a mailbox or a work by."""
    return int.from_bytes(sha256(name.encode()).digest()[: _BITS // 8])


def lock(kind: int, number: int) -> int:
    """Return the number of a lock: what it says, and of which mailbox or work."""
    return kind << _BITS | number


def connection_name(host: str) -> str:
    """Return the name of a host's connection; PostgreSQL keeps 63 characters of it."""
    return f"{BEGINNING}{host}"[:_LONGEST_NAME]


def is_process_of(name: str, host: str) -> bool:
    """Tell whether `name` (`HOST/PID`, as far as PostgreSQL kept it) is that of a process on a host."""
    return name.startswith(connection_name(f"{host}/").removeprefix(BEGINNING))
