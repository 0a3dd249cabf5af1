"""Which letter goes first where more are due than can be sent."""

from enum import IntEnum

from mailgateway.desk.plan import Audience, Automatic, Notice


class Urgency(IntEnum):
    """What a person wrote goes before what tells people of their tickets, and that before what is for the admin.

    Before them all goes what an operator wants sent now: no rate holds it up.
    """

    NOW = -1
    ANSWER = 0
    NEWS = 1
    REPORT = 2


def urgency_of(notice: Notice) -> Urgency:
    """Return how urgent the letter of a notice is."""
    if notice.automatic is Automatic.NO:
        return Urgency.ANSWER
    return Urgency.REPORT if notice.audience is Audience.ADMIN else Urgency.NEWS
