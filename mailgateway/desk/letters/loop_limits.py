"""How much automatic mail is too much: the numbers that an admin may set."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """When automatic mail goes round in circles.

    `same_text` new tickets of one address within a day may say the same, and `prompt_tickets` may be opened within
    seconds of a mail to it, before nothing automatic is sent about the next.
    """

    same_text: int = 3
    prompt_tickets: int = 4


USUAL = LoopLimits()
