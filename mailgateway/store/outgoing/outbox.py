"""The outbox: finished letters, with what became of each."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, bindparam, func, or_, select, update

from mailgateway.desk.events import Event
from mailgateway.desk.letters.delivery import Delivery, DeliveryState
from mailgateway.desk.letters.pacing import Due
from mailgateway.desk.letters.route import EVERYTHING, Route
from mailgateway.desk.letters.urgency import Urgency
from mailgateway.desk.plan import Audience
from mailgateway.errors import PermanentError
from mailgateway.mail.model import Letter
from mailgateway.store import events, loose
from mailgateway.store.blobs import Blobs
from mailgateway.store.engine import Transaction
from mailgateway.store.hosts.news import News
from mailgateway.store.outgoing.queue import LONGEST_ANSWER, UNSENT, Queue, anew
from mailgateway.store.outgoing.routes import leaves_by
from mailgateway.store.packing import packed
from mailgateway.store.tables.lookup import LONGEST_KEY, address_key, lookup_key
from mailgateway.store.tables.tickets import MessageIdRow, OutboxRow
from mailgateway.store.upsert import insert_new, insert_or_update

_LARGEST_INLINE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Queued:
    """A letter to be sent, not before `due` (None: at once).

    `dedupe_key` is the same for the same letter, however often it is asked for. `known` says how the ticket stood when
    the recipient last heard of it, for a letter that a later one may replace while it waits. `mailbox` names the one
    that it is sent from.
    """

    dedupe_key: str
    ticket: int | None
    notice: str
    audience: str
    automatic: bool
    letter: Letter
    urgency: Urgency = Urgency.NEWS
    due: datetime | None = None
    known: str = ""
    mailbox: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter claimed for sending; `attempts` counts this one, `first_at` is since when it is tried."""

    id: int
    ticket: int | None
    attempts: int
    first_at: datetime
    message_id: str
    due: Due


@dataclass(frozen=True, slots=True)
class Stored:
    """A letter as it is kept: its bytes beside it, compressed, or among the blobs."""

    id: int
    message_id: str
    envelope_from: str
    recipient: str
    content: bytes | None
    sha256: str | None

    def letter(self, blobs: Blobs) -> Letter:
        """Return it ready to be sent. Raises PermanentError where its bytes are lost."""
        try:
            whole = zlib.decompress(self.content) if self.content is not None else blobs.get(self.sha256 or "")
        except zlib.error:
            raise PermanentError(f"letter {self.id} is damaged") from None
        return Letter(self.message_id, self.envelope_from, self.recipient, whole)


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


_QUEUE = Queue(OutboxRow, News.LETTERS)
put_back, release_abandoned, is_any_claimed = _QUEUE.put_back, _QUEUE.release_abandoned, _QUEUE.is_any_claimed
cancel, told, next_due = _QUEUE.cancel, _QUEUE.told, _QUEUE.next_due
_PUT = {dialect: put.returning(OutboxRow.id) for dialect, put in insert_new(OutboxRow).items()}
# Ours for ever, even where a mail brought the same id before.
_KNOW = insert_or_update(
    MessageIdRow,
    ("key", "ticket"),
    lambda refused: {"ours": True, "mentioned": False, "public": or_(MessageIdRow.public, refused.public)},
)
_DUE = (
    select(
        OutboxRow.id,
        OutboxRow.ticket,
        OutboxRow.attempts,
        OutboxRow.first_at,
        OutboxRow.message_id,
        OutboxRow.domain,
        OutboxRow.urgency,
    )
    .where(
        OutboxRow.state == DeliveryState.QUEUED,
        OutboxRow.urgency == bindparam("urgency"),
        OutboxRow.next_attempt_at <= bindparam("now"),
    )
    .order_by(OutboxRow.next_attempt_at, OutboxRow.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_STORED = select(
    OutboxRow.id,
    OutboxRow.message_id,
    OutboxRow.envelope_from,
    OutboxRow.recipient,
    OutboxRow.content,
    OutboxRow.sha256,
).where(OutboxRow.id.in_(bindparam("ids", expanding=True)))
_OF_TICKETS: Executable = (
    select(OutboxRow.id, OutboxRow.ticket, OutboxRow.notice, OutboxRow.recipient)
    .where(OutboxRow.id.in_(bindparam("ids", expanding=True)), OutboxRow.ticket.is_not(None))
    .order_by(OutboxRow.id)
)
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
    """Queue letters; return how many were new. Their ids become ids that name their tickets."""
    if not queued:
        return 0
    large = [one.letter.content for one in queued if not _is_inline(one.letter)]
    digests = iter(tx.blobs.put_all(large))
    rows = [_row(one, None if _is_inline(one.letter) else next(digests), now) for one in queued]
    gone = loose.hold(tx, [row["sha256"] for row in rows if row["sha256"]])
    for one, row in zip(queued, rows, strict=True):
        if row["sha256"] in gone:
            tx.blobs.put(one.letter.content)
    new = tx.connection.execute(_PUT[tx.dialect], rows).all()
    if new:
        tx.news.add(News.LETTERS)
    known = [_message_id(one.ticket, one) for one in queued if one.ticket is not None]
    if known:
        tx.connection.execute(_KNOW[tx.dialect], known)
    return len(new)


def claim_due(
    tx: Transaction, now: datetime, owner: str, limit: int, route: Route = EVERYTHING
) -> tuple[Outgoing, ...]:
    """Take letters of a route that are due for `owner` to send; nobody else does.

    The most urgent come first, then those that are longest due.
    """
    rows: list[Row[Any]] = []
    due = _DUE.where(leaves_by(route))
    for urgency in Urgency:
        if len(rows) < limit:
            rows += _QUEUE.claim(tx, due, {"now": now, "urgency": urgency, "most": limit - len(rows)}, owner)
    return tuple(
        Outgoing(
            row.id,
            row.ticket,
            row.attempts + 1,
            row.first_at,
            row.message_id,
            Due(row.id, row.domain, Urgency(row.urgency)),
        )
        for row in rows
    )


def stored(tx: Transaction, ids: Sequence[int]) -> tuple[Stored, ...]:
    """Return letters in the order of their ids; one that was removed meanwhile is left out."""
    found = {row.id: Stored(*row) for row in tx.connection.execute(_STORED, {"ids": ids})}
    return tuple(found[one] for one in ids if one in found)


def letter(tx: Transaction, outgoing_id: int) -> Letter:
    """Return one letter. Raises PermanentError where its bytes are lost."""
    (one,) = stored(tx, [outgoing_id])
    return one.letter(tx.blobs)


def record(tx: Transaction, verdicts: Mapping[int, Delivery]) -> None:
    """Write down what became of attempts; a failure becomes an event of its ticket too."""
    written = _QUEUE.write(tx, verdicts)
    failures = [one for one in written if verdicts[one].state is DeliveryState.FAILED]
    if failures:
        of_tickets = tx.connection.execute(_OF_TICKETS, {"ids": sorted(failures)})
        events.record(tx, [_failure(row, verdicts[row.id]) for row in of_tickets])


def _failure(row: Row[Any], verdict: Delivery) -> Event:
    answer = verdict.answer[:LONGEST_ANSWER]
    detail = {"outbox": row.id, "notice": row.notice, "to": row.recipient, "answer": answer}
    return Event(row.ticket, verdict.at, "delivery", "delivery_failed", detail)


def listed(tx: Transaction, everything: bool, limit: int) -> tuple[OutboxLine, ...]:  # noqa: FBT001 - `--all`
    """Return letters, newest first: what is not sent yet, or everything; `limit` 0 gives all of them."""
    found = _LINES if everything else _LINES.where(OutboxRow.state.in_(UNSENT))
    return _lines(tx, found.limit(limit or None))


def untold_failures(tx: Transaction) -> tuple[OutboxLine, ...]:
    """Return letters that failed and that the admin was not told of, newest first."""
    return _lines(tx, _LINES.where(_QUEUE.untold))


def oldest_due(tx: Transaction, now: datetime, route: Route = EVERYTHING) -> datetime | None:
    """Return since when the letter of a route that is longest due is due, None where none is."""
    first = next_due(tx, leaves_by(route))
    return first if first is not None and first <= now else None


def retry(tx: Transaction, ids: Sequence[int], now: datetime) -> int:
    """Have letters sent now, before all others and past every rate; return how many. Sent ones stay as they are."""
    return _QUEUE.retry(tx, ids, now, urgency=Urgency.NOW)


def retry_waiting(tx: Transaction, now: datetime) -> int:
    """Have every letter sent now that waits to be tried again or for its domain's rate; return how many.

    A letter that waits to be gathered with what follows was not tried, and goes on waiting.
    """
    is_gathered = (OutboxRow.attempts == 0) & OutboxRow.known.is_not(None)
    tx.news.add(News.LETTERS)
    waiting = update(OutboxRow).where(
        OutboxRow.state == DeliveryState.QUEUED, OutboxRow.next_attempt_at > now, ~is_gathered
    )
    return tx.connection.execute(waiting.values(**anew(now), urgency=Urgency.NOW)).rowcount


def last_wish(tx: Transaction, route: Route) -> datetime | None:
    """Return when an operator last wanted a letter of a route sent that still waits, None where none does."""
    wanted = select(func.max(OutboxRow.first_at)).where(
        OutboxRow.state == DeliveryState.QUEUED, OutboxRow.urgency == Urgency.NOW, leaves_by(route)
    )
    return tx.connection.execute(wanted).scalar()


def _lines(tx: Transaction, found: Executable) -> tuple[OutboxLine, ...]:
    return tuple(OutboxLine(*row) for row in tx.connection.execute(found))


def _is_inline(letter: Letter) -> bool:
    return len(letter.content) <= _LARGEST_INLINE


def _row(queued: Queued, digest: str | None, now: datetime) -> dict[str, Any]:
    """Return the row of a letter; `digest` is what a large one is kept under among the blobs."""
    letter = queued.letter
    return {
        "dedupe_key": lookup_key(queued.dedupe_key),
        "ticket": queued.ticket,
        "notice": queued.notice,
        "audience": queued.audience,
        "automatic": queued.automatic,
        "recipient": letter.recipient,
        "recipient_key": address_key(letter.recipient),
        "domain": address_key(letter.recipient.rpartition("@")[2]),
        "urgency": queued.urgency,
        "mailbox": queued.mailbox,
        "language": queued.language,
        "envelope_from": letter.envelope_from,
        "message_id": letter.message_id,
        "content": packed(letter.content) if digest is None else None,
        "sha256": digest,
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "uncertain": False,
        "created_at": now,
        "first_at": queued.due or now,
        "next_attempt_at": queued.due or now,
        "known": queued.known or None,
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
