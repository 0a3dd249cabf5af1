"""What a person decides about a mail that was set aside."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Order(StrEnum):
    """File it as if it had just arrived, open a ticket of it whatever is odd about it, or end it without one."""

    RELEASE = "release"
    TICKET = "ticket"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one mail, by the number of its entry."""

    entry: int
    order: Order


@dataclass(frozen=True, slots=True)
class QuarantinePolicy:
    """How far apart digests are at least, and after which time the admin is told again of what still waits."""

    digest_every: timedelta = timedelta(hours=1)
    remind_after: timedelta = timedelta(days=3)
