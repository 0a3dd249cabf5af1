"""What customers ask for with one click in a mail of ours, and the changes that it makes."""

from dataclasses import dataclass
from enum import StrEnum

from mailgateway.desk.customers.heading import HeadingChange
from mailgateway.desk.letters.silence import Silence


class Wish(StrEnum):
    """The word in the address that a link writes to."""

    GOOD = "good"
    OK = "ok"
    BAD = "bad"
    STOP = "stop"
    NEVER = "never"
    LEAVE = "leave"


RATINGS = (Wish.GOOD, Wish.OK, Wish.BAD)


@dataclass(frozen=True, slots=True)
class Rate:
    """Note how the requester was served: one of RATINGS, in the place of what they said before."""

    value: Wish


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Send somebody no status mails, about this ticket or about any; what people write is still sent."""

    address: str
    everything: bool


@dataclass(frozen=True, slots=True)
class Leave:
    """Let somebody take part no longer."""

    address: str


WishChange = Rate | Unsubscribe | Leave
CustomerChange = Silence | WishChange | HeadingChange
