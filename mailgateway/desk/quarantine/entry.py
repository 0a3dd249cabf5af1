"""The quarantine as the core sees it: the mails that an order speaks of, and the digests that told of them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A mail that is, was or never was set aside (`is_aside`), or waits to be filed (`is_waiting`).

    `outcome` says how it ended, in the word of a Disposition, "" where it has not. `decided_by` is who decided about it
    last, "" where nobody did, `asked_by` the mail that asked for it, by its number in the spool, 0 for none. `kept` is
    the size of what is kept of it, under `sha256`; `is_readable`: those bytes are there.
    """

    id: int
    is_aside: bool
    is_waiting: bool
    outcome: str
    ticket: int | None
    error: str
    decided_by: str
    asked_by: int
    sha256: str
    kept: int
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class Digest:
    """A mail to the admin that told of these entries."""

    number: int
    at: datetime
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetAside:
    """What must be known to obey a mail to the quarantine, itself number `mail` in the spool.

    `attempts` counts how often it was looked at before: it waits until what it ordered is done.
    """

    mail: int
    attempts: int
    digests: tuple[Digest, ...]
    entries: tuple[Entry, ...]

    def entry(self, number: int) -> Entry | None:
        """Return the entry of this number."""
        return next((one for one in self.entries if one.id == number), None)
