"""Machines that mark nothing and drop every trace: each receipt of ours makes them write, each mail is a new ticket.

They are known by what no person does: the same text again and again over tickets, or a new matter within seconds of our
mail, time after time. Then the ticket opens as ever and nothing automatic goes out about it, which ends the game.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgateway.desk.letters.loop_limits import LoopLimits
from mailgateway.mail.model import Attachment
from mailgateway.mail.written.subjects import normalised

WITHIN = timedelta(days=1)
"""How far back is looked."""

PROMPTLY = timedelta(seconds=15)
"""So soon after a mail of ours nobody has read it and written of another matter."""

MOST_TICKETS = 20
MOST_LETTERS = 60
MOST_TEXT = 2_000
"""So many letters of a text are compared."""

ALIKE = "the same text came from this address too often within a day: it may be a loop"
PROMPT = "this address opens tickets within seconds of our mails to it: it may be a loop"

_LONG = 8
_MAIL = "message/rfc822"


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket that somebody opened: when, with what subject, and the beginning of what they wrote."""

    number: int
    at: datetime
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Lately:
    """The tickets that a requester opened within the last day, newest first, and when automatic mails went to them."""

    opened: tuple[Opened, ...] = ()
    written_to: tuple[datetime, ...] = ()


NOTHING = Lately()


@dataclass(frozen=True, slots=True)
class PingPong:
    """Why a new matter seems to be a move in a game of two machines, and the earliest ticket of that game."""

    why: str
    first: int


def ping_pong(
    subject: str, text: str, attachments: Sequence[Attachment], lately: Lately, now: datetime, limits: LoopLimits
) -> PingPong | None:
    """Tell whether a new matter of somebody is one more of the same; None where it is an honest one.

    What comes with files is told apart by them, as scans are: their text is the scanner's.
    """
    promptly = [one for one in lately.opened if _is_prompt(one.at, lately)]
    if _is_prompt(now, lately) and len(promptly) >= limits.prompt_tickets:
        return PingPong(PROMPT, promptly[-1].number)
    if any(not one.inline and one.content_type != _MAIL for one in attachments):
        return None
    said = _said(subject, text)
    alike = [one for one in lately.opened if said and _said(one.subject, one.text) == said]
    return PingPong(ALIKE, alike[-1].number) if len(alike) >= limits.same_text else None


def _is_prompt(at: datetime, lately: Lately) -> bool:
    return any(timedelta(0) < at - letter <= PROMPTLY for letter in lately.written_to)


def _said(subject: str, text: str) -> tuple[str, ...]:
    """Return the words that are compared: of a long text without numbers, as each round has its own; else all.

    A few words alone may be said of many things, so that the subject counts, too.
    """
    words = text[:MOST_TEXT].casefold().split()
    told = tuple(word for word in words if not any(map(str.isdigit, word)))
    return told if len(told) >= _LONG else (normalised(subject), *words)
