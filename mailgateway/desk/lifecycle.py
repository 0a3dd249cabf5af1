"""How a ticket's status follows from what people do; the status machine in one place."""

from mailgateway.desk.answers.knowledge import AnswerOutcome
from mailgateway.desk.model import Status

DONE = (Status.SOLVED, Status.CLOSED)
_WAKES_ON_FOLLOW_UP = frozenset({Status.PENDING, *DONE})


def after_follow_up(status: Status) -> Status:
    """Return the status after the requester or a participant wrote again."""
    return Status.OPEN if status in _WAKES_ON_FOLLOW_UP else status


def after_answer(status: Status, *, reopens: bool = False) -> Status:
    """Return the status after an agent answered without naming one; `reopens` tells that what is done opens again."""
    opens = status is Status.NEW or (reopens and status in (Status.SOLVED, Status.CLOSED))
    return Status.OPEN if opens else status


def after_judgement(status: Status, outcome: AnswerOutcome) -> Status:
    """Return the status after the requester said whether an answer helped; what is finished stays so if it did."""
    if outcome is AnswerOutcome.NOT_HELPED:
        return after_follow_up(status)
    return status if status is Status.CLOSED else Status.SOLVED
