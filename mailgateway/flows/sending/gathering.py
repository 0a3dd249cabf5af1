"""What a customer is told of one matter within a short time becomes one mail.

A mail about how a ticket stands waits a little in the outbox. The next one within that time takes its place, telling
everything since; an answer goes out at once, and tells what was waiting. Whoever queues letters of a ticket holds the
lock on it, and the sender takes only what is due: each waiting letter is either sent or replaced.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mailgateway.desk.letters import news
from mailgateway.desk.plan import Audience, Notice
from mailgateway.desk.policy import Policy
from mailgateway.store.engine import Transaction
from mailgateway.store.outgoing.gathering import answered, take_back


@dataclass(frozen=True, slots=True)
class Due:
    """A notice, and when it is to be sent."""

    notice: Notice
    at: datetime


def gathered(tx: Transaction, notice: Notice, policy: Policy, at: datetime) -> Due | None:
    """Join a notice with what waits for its recipient about the ticket; None where nothing is left to be told."""
    if notice.known:
        return _with_what_waits(tx, notice, policy, at)
    ticket = notice.ticket if notice.kind in news.ANSWERS and notice.audience is Audience.CUSTOMER else None
    if ticket is None or notice.recipient.key != ticket.requester.key:
        return Due(notice, at)
    waiting = take_back(tx, ticket.number, notice.recipient.key, at)
    told = news.since(notice, waiting.known, policy) if waiting is not None else None
    return Due(told or notice, at)


def _with_what_waits(tx: Transaction, notice: Notice, policy: Policy, at: datetime) -> Due | None:
    number, key = notice.ticket.number if notice.ticket else 0, notice.recipient.key
    if not policy.notifications.gather:
        return Due(replace(notice, known=""), at)
    due = at + policy.notifications.gather
    waiting = take_back(tx, number, key, at)
    if waiting is None:
        said = news.is_said(notice) and answered(tx, number, key, at - policy.notifications.gather)
        return None if said else Due(notice, due)
    told = news.since(notice, waiting.known, policy)
    return Due(told, max(at, min(due, waiting.due))) if told is not None else None
