"""How the desk treats what its agents send: who gets their answers, and what they are told of it."""

from dataclasses import dataclass
from enum import StrEnum


class ReplyTo(StrEnum):
    """Who gets an agent's answer: everybody who takes part, or the requester alone."""

    ALL = "all"
    REQUESTER = "requester"


class Receipts(StrEnum):
    """When agents are told what their mail did: always, where it did more than send an answer, or never."""

    ALWAYS = "always"
    CHANGES = "changes"
    NEVER = "never"


class Collision(StrEnum):
    """What becomes of an answer to an outdated state of its ticket: kept and asked about, sent and told of, or sent."""

    HOLD = "hold"
    TELL = "tell"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class AgentPolicy:
    """What an agent's answer does by itself.

    With `own_on_reply` who answers a ticket that nobody has gets it; with `reopen_on_answer` an answer opens a ticket
    that was solved or closed. `mails_per_hour` bounds what one agent is told of their own mails.
    """

    reply_to: ReplyTo = ReplyTo.ALL
    receipts: Receipts = Receipts.CHANGES
    collision: Collision = Collision.TELL
    own_on_reply: bool = False
    reopen_on_answer: bool = False
    mails_per_hour: int = 60
