"""What becomes of a letter after an attempt to send it: the one place where transient and permanent are told apart."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
_LONGEST_DELAY = timedelta(hours=1)


class DeliveryState(StrEnum):
    """Where a letter stands in the outbox."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The outcome of one attempt: the new state, when to try again (queued only), and what the server said.

    `uncertain` tells that the letter may have arrived although nobody confirmed it.
    """

    state: DeliveryState
    next_attempt_at: datetime | None
    answer: str
    uncertain: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is known of a letter when an attempt ended: how many there were, and since when it waits."""

    attempts: int
    first_at: datetime


def sent(answer: str, now: datetime) -> Delivery:
    """Return the delivery of a letter that the server took."""
    return Delivery(DeliveryState.SENT, None, answer, uncertain=False, at=now)


def failed(answer: str, now: datetime) -> Delivery:
    """Return the delivery of a letter that the server will never take."""
    return Delivery(DeliveryState.FAILED, None, answer, uncertain=False, at=now)


def replaced(answer: str, now: datetime) -> Delivery:
    """Return the delivery of a letter that another one takes the place of."""
    return Delivery(DeliveryState.REPLACED, None, answer, uncertain=False, at=now)


def deferred(
    attempt: Attempt, answer: str, now: datetime, jitter: float, retry_for: timedelta, *, uncertain: bool
) -> Delivery:
    """Return when to try again: 1, 5 and 30 minutes, then hourly, each up to a tenth later; failed after `retry_for`.

    A letter that waited so long for the server to be there is tried a few times all the same: after an outage a server
    is likely to say "later" to many. `jitter` is a random number in [0, 1).
    """
    if now - attempt.first_at >= retry_for and attempt.attempts > len(_DELAYS):
        hours = retry_for / timedelta(hours=1)
        return Delivery(DeliveryState.FAILED, None, f"gave up after {hours:g} hours: {answer}", uncertain, now)
    step = max(attempt.attempts, 1) - 1
    delay = _DELAYS[step] if step < len(_DELAYS) else _LONGEST_DELAY
    return Delivery(DeliveryState.QUEUED, now + delay * (1 + jitter / 10), answer, uncertain, now)
