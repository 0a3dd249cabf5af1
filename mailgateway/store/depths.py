"""How much waits, how long, and how late the mailboxes are: read by index, and no further than is bounded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, select

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.levels.timepiece import Target
from mailgateway.store import health
from mailgateway.store.engine import Transaction
from mailgateway.store.health import Beat
from mailgateway.store.outgoing.queue import UNSENT
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.tickets import CallRow, OutboxRow, SpoolRow
from mailgateway.store.tables.time import ClockRow

MOST_COUNTED = 10_000
"""So many rows are looked at for one figure, and no more: a figure of this size means so many or more."""

_LOOKED_AT = (SpoolState.WAITING, SpoolState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class Depth:
    """How many wait, and since when the one that waits longest does (None: none waits)."""

    count: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest mail of a mailbox: when it came to its server, and when it was taken."""

    received_at: datetime
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Depths:
    """Letters by state, calls by webhook and state, mails by state and mailbox, broken promises by target."""

    letters: Mapping[DeliveryState, Depth]
    calls: Mapping[tuple[str, DeliveryState], Depth]
    waiting: Mapping[str, Depth]
    quarantined: Mapping[str, Depth]
    overdue: Mapping[Target, int]
    newest: Mapping[str, Newest]
    beats: Mapping[str, Beat] = field(default_factory=dict)
    alarms: int = 0


_FIRST_LETTERS = (
    select(OutboxRow.first_at)
    .where(OutboxRow.state == bindparam("state"))
    .order_by(OutboxRow.next_attempt_at, OutboxRow.id)
    .limit(MOST_COUNTED)
    .subquery()
)
LETTERS = select(func.count(), func.min(_FIRST_LETTERS.c.first_at))
_FIRST_CALLS = (
    select(CallRow.first_at)
    .where(CallRow.webhook == bindparam("webhook"), CallRow.state == bindparam("state"))
    .order_by(CallRow.next_attempt_at, CallRow.id)
    .limit(MOST_COUNTED)
    .subquery()
)
CALLS = select(func.count(), func.min(_FIRST_CALLS.c.first_at))
_FIRST_MAILS = (
    select(SpoolRow.mailbox, SpoolRow.accepted_at)
    .where(SpoolRow.state == bindparam("state"))
    .order_by(SpoolRow.id)
    .limit(MOST_COUNTED)
    .subquery()
)
MAILS = select(_FIRST_MAILS.c.mailbox, func.count(), func.min(_FIRST_MAILS.c.accepted_at)).group_by(
    _FIRST_MAILS.c.mailbox
)
_FIRST_CLOCKS = (
    select(ClockRow.target)
    .where(
        ClockRow.met_at.is_(None),
        ClockRow.ended_at.is_(None),
        ClockRow.due_at.is_not(None),
        ClockRow.due_at < bindparam("now"),
    )
    .order_by(ClockRow.due_at)
    .limit(MOST_COUNTED)
    .subquery()
)
OVERDUE = select(_FIRST_CLOCKS.c.target, func.count()).group_by(_FIRST_CLOCKS.c.target)
NEWEST = (
    select(SpoolRow.received_at, SpoolRow.accepted_at, SpoolRow.backfill)
    .where(SpoolRow.mailbox == bindparam("mailbox"), SpoolRow.folder == bindparam("folder"))
    .order_by(SpoolRow.uidvalidity.desc(), SpoolRow.uid.desc())
    .limit(1)
)


def read_depths(tx: Transaction, mailboxes: Mapping[str, str], webhooks: Iterable[str], now: datetime) -> Depths:
    """Look at all of it, for these mailboxes (name to folder) and webhooks."""
    states = [(state, {"state": state}) for state in UNSENT]
    calls = [(name, state) for name in webhooks for state in UNSENT]
    waiting, quarantined = (_mails(tx, state, mailboxes) for state in _LOOKED_AT)
    return Depths(
        letters={state: Depth(*tx.connection.execute(LETTERS, wanted).one()) for state, wanted in states},
        calls={
            (name, state): Depth(*tx.connection.execute(CALLS, {"webhook": name, "state": state}).one())
            for name, state in calls
        },
        waiting=waiting,
        quarantined=quarantined,
        overdue=dict.fromkeys(Target, 0) | {row[0]: row[1] for row in tx.connection.execute(OVERDUE, {"now": now})},
        newest=_newest(tx, mailboxes),
        beats=health.beats(tx),
        alarms=len(health.raised(tx)),
    )


def _mails(tx: Transaction, state: SpoolState, mailboxes: Iterable[str]) -> dict[str, Depth]:
    """Count mails by mailbox; those of mailboxes that are configured no longer count as nobody's, ""."""
    known = dict.fromkeys(mailboxes, Depth())
    gone = Depth()
    for mailbox, count, oldest in tx.connection.execute(MAILS, {"state": state}):
        if mailbox in known:
            known[mailbox] = Depth(count, oldest)
        else:
            gone = Depth(gone.count + count, min(gone.oldest or oldest, oldest))
    return {**known, "": gone} if gone.count else known


def _newest(tx: Transaction, mailboxes: Mapping[str, str]) -> dict[str, Newest]:
    found = {}
    for mailbox, folder in mailboxes.items():
        row = tx.connection.execute(NEWEST, {"mailbox": mailbox, "folder": folder}).first()
        if row is not None and not row.backfill:  # old mail that is filed in silence is not late
            found[mailbox] = Newest(row.received_at, row.accepted_at)
    return found
