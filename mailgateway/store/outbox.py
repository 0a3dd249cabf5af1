"""The outbox: finished letters, with what became of each."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Executable, bindparam, func, insert, or_, select, update

from mailgateway.desk.delivery import Delivery, DeliveryState
from mailgateway.desk.plan import Audience
from mailgateway.errors import PermanentError
from mailgateway.mail.model import Letter
from mailgateway.store.engine import Transaction
from mailgateway.store.lookup import LONGEST_KEY, address_key, lookup_key, possible_ids
from mailgateway.store.tables import EventRow, MessageIdRow, OutboxRow
from mailgateway.store.upsert import insert_new, insert_or_update

_LARGEST_INLINE = 256 * 1024
_LONGEST_ANSWER = 2000


@dataclass(frozen=True, slots=True)
class Queued:
    """A letter to be sent. `dedupe_key` is the same for the same letter, however often it is asked for."""

    dedupe_key: str
    ticket: int | None
    notice: str
    audience: str
    automatic: bool
    letter: Letter


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter claimed for sending; `attempts` counts this one, `first_at` is since when it is tried."""

    id: int
    ticket: int | None
    attempts: int
    first_at: datetime
    message_id: str


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """A letter as people see it: `template` is its notice, `last_error` what the server said last."""

    id: int
    ticket: int | None
    template: str
    to: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    last_error: str
    message_id: str
    uncertain: bool


_PUT = {dialect: put.returning(OutboxRow.id) for dialect, put in insert_new(OutboxRow).items()}
# Ours for ever, even where a mail brought the same id before.
_KNOW = insert_or_update(
    MessageIdRow,
    ("key", "ticket"),
    lambda refused: {"ours": True, "mentioned": False, "public": or_(MessageIdRow.public, refused.public)},
)
_DUE = (
    select(OutboxRow.id, OutboxRow.ticket, OutboxRow.attempts, OutboxRow.first_at, OutboxRow.message_id)
    .where(OutboxRow.state == DeliveryState.QUEUED, OutboxRow.next_attempt_at <= bindparam("now"))
    .order_by(OutboxRow.next_attempt_at, OutboxRow.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_RECORD_SENT = (
    update(OutboxRow)
    .where(OutboxRow.id == bindparam("outgoing_id"))
    .returning(OutboxRow.ticket, OutboxRow.notice, OutboxRow.recipient)
)
_RECORD = _RECORD_SENT.where(OutboxRow.state == DeliveryState.SENDING)
_FIRST = select(func.min(OutboxRow.next_attempt_at)).where(OutboxRow.state == DeliveryState.QUEUED)
_LETTER = select(
    OutboxRow.message_id, OutboxRow.envelope_from, OutboxRow.recipient, OutboxRow.content, OutboxRow.sha256
).where(OutboxRow.id == bindparam("outgoing_id"))
_RETRIABLE = (DeliveryState.QUEUED, DeliveryState.FAILED, DeliveryState.CANCELLED)
_LINES = select(
    OutboxRow.id,
    OutboxRow.ticket,
    OutboxRow.notice,
    OutboxRow.recipient,
    OutboxRow.state,
    OutboxRow.attempts,
    OutboxRow.next_attempt_at,
    OutboxRow.answer,
    OutboxRow.message_id,
    OutboxRow.uncertain,
).order_by(OutboxRow.id.desc())


def put(tx: Transaction, queued: Sequence[Queued], now: datetime) -> int:
    """Queue letters, due at once; return how many were new. Their ids become ids that name their tickets."""
    rows = [_row(tx, letter, now) for letter in queued]
    if not rows:
        return 0
    new = tx.connection.execute(_PUT[tx.dialect], rows).all()
    known = [_message_id(one.ticket, one) for one in queued if one.ticket is not None]
    if known:
        tx.connection.execute(_KNOW[tx.dialect], known)
    return len(new)


def claim_due(tx: Transaction, now: datetime, owner: str, limit: int) -> tuple[Outgoing, ...]:
    """Take letters that are due, longest due first, for `owner` to send; others do not get them meanwhile."""
    rows = tx.connection.execute(_DUE, {"now": now, "most": limit}).all()
    if not rows:
        return ()
    claimed = update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows]))
    tx.connection.execute(
        claimed.values(state=DeliveryState.SENDING, attempts=OutboxRow.attempts + 1, claimed_by=owner, claimed_at=now)
    )
    return tuple(Outgoing(row.id, row.ticket, row.attempts + 1, row.first_at, row.message_id) for row in rows)


def letter(tx: Transaction, outgoing_id: int) -> Letter:
    """Return a letter that was claimed, ready to be sent. Raises PermanentError where its bytes are lost."""
    message_id, envelope_from, recipient, content, sha256 = tx.connection.execute(
        _LETTER, {"outgoing_id": outgoing_id}
    ).one()
    try:
        whole = zlib.decompress(content) if content is not None else tx.blobs.get(sha256 or "")
    except zlib.error:
        raise PermanentError(f"letter {outgoing_id} is damaged") from None
    return Letter(message_id, envelope_from, recipient, whole)


def put_back(tx: Transaction, ids: Sequence[int]) -> None:
    """Let letters that were claimed and not begun wait as if they had not been claimed."""
    _release(tx, ids, attempts=OutboxRow.attempts - 1)


def release_abandoned(tx: Transaction, now: datetime, lease: timedelta, is_alive: Callable[[str], bool]) -> int:
    """Queue again, due now, what was claimed by owners that are dead or longer ago than the lease; return how many.

    Such a letter may have been sent: it is marked uncertain.
    """
    claimed = select(OutboxRow.id, OutboxRow.claimed_by, OutboxRow.claimed_at).where(
        OutboxRow.state == DeliveryState.SENDING
    )
    abandoned = [
        outgoing_id
        for outgoing_id, owner, since in tx.connection.execute(claimed.with_for_update(skip_locked=True))
        if since is None or owner is None or now - since > lease or not is_alive(owner)
    ]
    _release(tx, abandoned, uncertain=True, next_attempt_at=now)
    return len(abandoned)


def record(tx: Transaction, outgoing_id: int, verdict: Delivery) -> None:
    """Write down what became of an attempt; a failure becomes an event of the ticket too.

    Where the letter was taken from us meanwhile (the lease ran out), only the news that it is sent counts.
    """
    statement = _RECORD_SENT if verdict.state is DeliveryState.SENT else _RECORD
    answer = verdict.answer[:_LONGEST_ANSWER]
    written = tx.connection.execute(
        statement,
        {
            "outgoing_id": outgoing_id,
            "state": verdict.state,
            "next_attempt_at": verdict.next_attempt_at,
            "answer": answer,
            "uncertain": verdict.uncertain,
            "claimed_by": None,
            "claimed_at": None,
            "ended_at": None if verdict.state is DeliveryState.QUEUED else verdict.at,
        },
    ).first()
    if written is not None and written.ticket is not None and verdict.state is DeliveryState.FAILED:
        detail = {"outbox": outgoing_id, "notice": written.notice, "to": written.recipient, "answer": answer}
        event = {"ticket": written.ticket, "at": verdict.at, "actor": "delivery", "what": "delivery_failed"}
        tx.connection.execute(insert(EventRow), {**event, "detail": detail})


def listed(tx: Transaction, everything: bool, limit: int) -> tuple[OutboxLine, ...]:  # noqa: FBT001 - `--all`
    """Return letters, newest first: what is not sent yet, or everything; `limit` 0 gives all of them."""
    waiting = OutboxRow.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.FAILED))
    found = _LINES if everything else _LINES.where(waiting)
    return _lines(tx, found.limit(limit or None))


def retry(tx: Transaction, ids: Sequence[int], now: datetime) -> int:
    """Queue letters again, due now, with a full time to try; return how many. What is sent or being sent stays."""
    again = update(OutboxRow).where(OutboxRow.id.in_(possible_ids(ids)), OutboxRow.state.in_(_RETRIABLE))
    return tx.connection.execute(
        again.values(
            state=DeliveryState.QUEUED, attempts=0, first_at=now, next_attempt_at=now, ended_at=None, told_at=None
        )
    ).rowcount


def cancel(tx: Transaction, ids: Sequence[int], now: datetime) -> int:
    """Give up letters that wait or failed; return how many."""
    given_up = update(OutboxRow).where(
        OutboxRow.id.in_(possible_ids(ids)), OutboxRow.state.in_((DeliveryState.QUEUED, DeliveryState.FAILED))
    )
    values = {"state": DeliveryState.CANCELLED, "next_attempt_at": None, "ended_at": now}
    return tx.connection.execute(given_up.values(**values)).rowcount


def untold_failures(tx: Transaction) -> tuple[OutboxLine, ...]:
    """Return letters that failed and that the admin was not told of, newest first."""
    return _lines(tx, _LINES.where(OutboxRow.state == DeliveryState.FAILED, OutboxRow.told_at.is_(None)))


def told(tx: Transaction, ids: Sequence[int], now: datetime) -> frozenset[int]:
    """Write down that the admin is told of these failures; return those that nobody else has told meanwhile."""
    untold = update(OutboxRow).where(OutboxRow.id.in_(ids), OutboxRow.told_at.is_(None))
    return frozenset(tx.connection.execute(untold.values(told_at=now).returning(OutboxRow.id)).scalars())


def next_due(tx: Transaction) -> datetime | None:
    """Return when the next letter is due, None where none waits."""
    return tx.connection.execute(_FIRST).scalar()


def oldest_due(tx: Transaction, now: datetime) -> datetime | None:
    """Return since when the letter that is longest due is due, None where none is."""
    first = next_due(tx)
    return first if first is not None and first <= now else None


def _lines(tx: Transaction, found: Executable) -> tuple[OutboxLine, ...]:
    return tuple(OutboxLine(*row) for row in tx.connection.execute(found))


def _release(tx: Transaction, ids: Sequence[int], **values: Any) -> None:
    if ids:
        released = update(OutboxRow).where(OutboxRow.id.in_(ids), OutboxRow.state == DeliveryState.SENDING)
        state = {"state": DeliveryState.QUEUED, "claimed_by": None, "claimed_at": None}
        tx.connection.execute(released.values(**state, **values))


def _row(tx: Transaction, queued: Queued, now: datetime) -> dict[str, Any]:
    letter = queued.letter
    inline = len(letter.content) <= _LARGEST_INLINE
    return {
        "dedupe_key": lookup_key(queued.dedupe_key),
        "ticket": queued.ticket,
        "notice": queued.notice,
        "audience": queued.audience,
        "automatic": queued.automatic,
        "recipient": letter.recipient,
        "recipient_key": address_key(letter.recipient),
        "envelope_from": letter.envelope_from,
        "message_id": letter.message_id,
        "content": zlib.compress(letter.content, 1) if inline else None,
        "sha256": None if inline else tx.blobs.put(letter.content),
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "uncertain": False,
        "created_at": now,
        "first_at": now,
        "next_attempt_at": now,
        "answer": "",
    }


def _message_id(ticket: int, queued: Queued) -> dict[str, Any]:
    message_id = queued.letter.message_id
    return {
        "key": lookup_key(message_id),
        "message_id": message_id if len(message_id) > LONGEST_KEY else None,
        "ticket": ticket,
        "ours": True,
        "public": queued.audience == Audience.CUSTOMER,
        "mentioned": False,
    }
