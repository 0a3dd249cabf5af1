"""Calls of webhooks: finished content, with what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, bindparam, func, insert, select

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.store.engine import Transaction
from mailgateway.store.hosts.news import News
from mailgateway.store.outgoing.queue import UNSENT, Queue
from mailgateway.store.tables.tickets import CallRow


@dataclass(frozen=True, slots=True)
class QueuedCall:
    """A call to be made. `message_id` is its own, the same however often it is made; `what` the event's word."""

    message_id: str
    webhook: str
    ticket: int | None
    what: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """A call claimed to be made; `attempts` counts this one, `first_at` is since when it is tried."""

    id: int
    ticket: int | None
    attempts: int
    first_at: datetime
    message_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call as people see it; `answer` is what the webhook said last."""

    id: int
    webhook: str
    ticket: int | None
    what: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    ended_at: datetime | None
    answer: str
    message_id: str
    uncertain: bool


_QUEUE = Queue(CallRow, News.CALLS)
put_back, record, release_abandoned = _QUEUE.put_back, _QUEUE.write, _QUEUE.release_abandoned
retry, cancel, told = _QUEUE.retry, _QUEUE.cancel, _QUEUE.told
_DUE = (
    select(CallRow.id, CallRow.ticket, CallRow.attempts, CallRow.first_at, CallRow.message_id, CallRow.content)
    .where(
        CallRow.webhook == bindparam("webhook"),
        CallRow.state == DeliveryState.QUEUED,
        CallRow.next_attempt_at <= bindparam("now"),
    )
    .order_by(CallRow.next_attempt_at, CallRow.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LINES = select(
    CallRow.id,
    CallRow.webhook,
    CallRow.ticket,
    CallRow.what,
    CallRow.state,
    CallRow.attempts,
    CallRow.created_at,
    CallRow.next_attempt_at,
    CallRow.ended_at,
    CallRow.answer,
    CallRow.message_id,
    CallRow.uncertain,
).order_by(CallRow.id.desc())
_CLAIMED = select(CallRow.id).where(CallRow.state == DeliveryState.SENDING).limit(1)
_NEXT = select(func.min(CallRow.next_attempt_at)).where(
    CallRow.webhook == bindparam("webhook"), CallRow.state == DeliveryState.QUEUED
)
_BACKLOG = (
    select(CallRow.webhook, CallRow.state, func.count())
    .where(CallRow.state.in_(UNSENT))
    .group_by(CallRow.webhook, CallRow.state)
)


def put(tx: Transaction, queued: Sequence[QueuedCall], now: datetime) -> tuple[int, ...]:
    """Queue calls, due at once; return their ids."""
    rows = [_row(call, now) for call in queued]
    if not rows:
        return ()
    tx.news.add(News.CALLS)
    made = insert(CallRow).returning(CallRow.id, sort_by_parameter_order=True)
    return tuple(tx.connection.execute(made, rows).scalars())


def is_due(tx: Transaction, webhook: str, now: datetime) -> bool:
    """Tell whether a call of a webhook is due."""
    first = next_due(tx, webhook)
    return first is not None and first <= now


def next_due(tx: Transaction, webhook: str) -> datetime | None:
    """Return when the next call of a webhook is due, None where none waits."""
    return tx.connection.execute(_NEXT, {"webhook": webhook}).scalar()


def is_claimed(tx: Transaction) -> bool:
    """Tell whether any call is claimed: one that is being made, or whose maker is gone."""
    return tx.connection.execute(_CLAIMED).first() is not None


def claim_due(tx: Transaction, webhook: str, now: datetime, owner: str, limit: int) -> tuple[OutgoingCall, ...]:
    """Take calls of a webhook that are due, longest due first, for `owner` to make."""
    rows = _QUEUE.claim(tx, _DUE, {"webhook": webhook, "now": now, "most": limit}, owner)
    return tuple(
        OutgoingCall(row.id, row.ticket, row.attempts + 1, row.first_at, row.message_id, row.content) for row in rows
    )


def listed(tx: Transaction, everything: bool, limit: int) -> tuple[CallLine, ...]:  # noqa: FBT001 - `--all`
    """Return calls, newest first: what did not get through yet, or everything; `limit` 0 gives all of them."""
    found = _LINES if everything else _LINES.where(CallRow.state.in_(UNSENT))
    return _lines(tx, found.limit(limit or None))


def untold_failures(tx: Transaction) -> tuple[CallLine, ...]:
    """Return calls that failed and that the admin was not told of, newest first."""
    return _lines(tx, _LINES.where(_QUEUE.untold))


def backlog(tx: Transaction) -> dict[str, dict[DeliveryState, int]]:
    """Count the calls that did not get through, by webhook and state."""
    found: dict[str, dict[DeliveryState, int]] = {}
    for webhook, state, count in tx.connection.execute(_BACKLOG):
        found.setdefault(webhook, dict.fromkeys(UNSENT, 0))[state] = count
    return found


def _lines(tx: Transaction, found: Executable) -> tuple[CallLine, ...]:
    return tuple(CallLine(*row) for row in tx.connection.execute(found))


def _row(call: QueuedCall, now: datetime) -> dict[str, object]:
    return {
        "message_id": call.message_id,
        "webhook": call.webhook,
        "ticket": call.ticket,
        "what": call.what,
        "content": call.content,
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "uncertain": False,
        "created_at": now,
        "first_at": now,
        "next_attempt_at": now,
        "answer": "",
    }
