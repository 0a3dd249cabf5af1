"""Which letter goes first where more are due than can be sent."""

from enum import IntEnum

from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind


class Urgency(IntEnum):
    """What a person wrote goes before what tells people of their tickets, and that before reports and alarms.

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
    is_report = notice.audience is Audience.ADMIN or notice.kind in _REPORTS
    return Urgency.REPORT if is_report else Urgency.NEWS


_REPORTS = (NoticeKind.REPORT, NoticeKind.CUSTOMER_REPORT, NoticeKind.DIGEST)
