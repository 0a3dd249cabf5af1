"""How much automatic mail is too much: the numbers that an admin may set."""

from dataclasses import dataclass
from datetime import timedelta

MINUTES = (10, 30, 60, 180, 600)
WINDOWS = tuple(timedelta(minutes=minutes) for minutes in MINUTES)
"""The times within which mails are counted, shortest first."""

IN_ALL = 3
"""In so many of them, the shortest, whatever the mails are about; about one ticket in all of them."""


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """When automatic mail goes round in circles.

    One address may get `about_one_ticket` mails about one ticket within each window, and `in_all` within each of the
    first ones, whatever they are about. `same_text` new tickets of one address within a day may say the same, and
    `prompt_tickets` may be opened within seconds of a mail to it, before nothing automatic is sent about the next.
    """

    about_one_ticket: tuple[int, ...] = (10, 15, 25, 50, 100)
    in_all: tuple[int, ...] = (30, 60, 120)
    same_text: int = 3
    prompt_tickets: int = 4


USUAL = LoopLimits()
