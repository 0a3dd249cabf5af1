"""What waits to go out, letters and calls alike: claimed, given back, tried again, given up, told of."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Executable, Row, Table, Update, and_, bindparam, func, select, update

from mailgateway.desk.letters.delivery import Delivery, DeliveryState
from mailgateway.store.engine import Transaction
from mailgateway.store.hosts.news import News
from mailgateway.store.hosts.time import time_of_lease
from mailgateway.store.tables.lookup import possible_ids
from mailgateway.store.tables.tickets import CallRow, OutboxRow

LONGEST_ANSWER = 2000
UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.FAILED)
_RETRIABLE = (DeliveryState.QUEUED, DeliveryState.FAILED, DeliveryState.CANCELLED)
_CANCELLABLE = (DeliveryState.QUEUED, DeliveryState.FAILED)
_ENDING = ("state", "next_attempt_at", "answer", "uncertain", "ended_at")


@dataclass(frozen=True, slots=True)
class Queue:
    """The rows of one table, which wait to go out; `news` is what other processes are told when there is more to do."""

    row: type[OutboxRow] | type[CallRow]
    news: News

    @property
    def untold(self) -> ColumnElement[bool]:
        """Hold for rows that failed and that the admin was not told of."""
        return and_(self.row.state == DeliveryState.FAILED, self.row.told_at.is_(None))

    def claim(self, tx: Transaction, due: Executable, wanted: dict[str, Any], owner: str) -> Sequence[Row[Any]]:
        """Take the rows that `due` finds for `owner`; others do not get them meanwhile. `wanted` has the time `now`."""
        rows = tx.connection.execute(due, wanted).all()
        if rows:
            claimed = update(self.row).where(self.row.id.in_([row.id for row in rows]))
            since = time_of_lease(tx, wanted["now"])
            state = {"state": DeliveryState.SENDING, "claimed_by": owner, "claimed_at": since}
            tx.connection.execute(claimed.values(**state, attempts=self.row.attempts + 1))
        return rows

    def put_back(self, tx: Transaction, ids: Sequence[int]) -> None:
        """Let rows that were claimed and not begun wait as if they had not been claimed."""
        self._release(tx, ids, attempts=self.row.attempts - 1)

    def is_any_claimed(self, tx: Transaction) -> bool:
        """Tell whether somebody has claimed a row and not ended it."""
        claimed = select(self.row.id).where(self.row.state == DeliveryState.SENDING).limit(1)
        return tx.connection.execute(claimed).first() is not None

    def release_abandoned(
        self, tx: Transaction, now: datetime, lease: timedelta, is_alive: Callable[[str], bool]
    ) -> int:
        """Queue again, due now, what was claimed by owners that are dead or longer ago than the lease; return how many.

        Such a row may have gone out: it is marked uncertain.
        """
        row = self.row
        by_lease = time_of_lease(tx, now)
        claimed = select(row.id, row.claimed_by, row.claimed_at, by_lease).where(row.state == DeliveryState.SENDING)
        abandoned = [
            one
            for one, owner, since, at in tx.connection.execute(claimed.with_for_update(skip_locked=True))
            if since is None or owner is None or at - since > lease or not is_alive(owner)
        ]
        self._release(tx, abandoned, uncertain=True, next_attempt_at=now)
        return len(abandoned)

    def write(self, tx: Transaction, verdicts: Mapping[int, Delivery]) -> frozenset[int]:
        """Write down what became of attempts; return the rows that were ours.

        Where one was taken from us meanwhile (the lease ran out), only the news that it has gone out counts.
        """
        ending = _ending(self.row)
        gone = sorted(one for one, verdict in verdicts.items() if verdict.state is DeliveryState.SENT)
        if gone:
            tx.connection.execute(ending, [_ended(one, verdicts[one]) for one in gone])
        still_ours = ending.where(self.row.state == DeliveryState.SENDING)
        others = sorted(verdicts.keys() - set(gone))
        ours = [one for one in others if tx.connection.execute(still_ours, _ended(one, verdicts[one])).rowcount]
        return frozenset((*gone, *ours))

    def retry(self, tx: Transaction, ids: Sequence[int], now: datetime, **values: Any) -> int:
        """Queue rows again, due now, with a full time to try; return how many. What is sent or being sent stays.

        `values` are columns to be set beside.
        """
        tx.news.add(self.news)
        again = update(self.row).where(self.row.id.in_(possible_ids(ids)), self.row.state.in_(_RETRIABLE))
        return tx.connection.execute(again.values(**anew(now), **values)).rowcount

    def cancel(self, tx: Transaction, ids: Sequence[int], now: datetime) -> int:
        """Give up rows that wait or failed; return how many."""
        given_up = update(self.row).where(self.row.id.in_(possible_ids(ids)), self.row.state.in_(_CANCELLABLE))
        values = {"state": DeliveryState.CANCELLED, "next_attempt_at": None, "ended_at": now}
        return tx.connection.execute(given_up.values(**values)).rowcount

    def told(self, tx: Transaction, ids: Collection[int], now: datetime) -> frozenset[int]:
        """Write down that the admin is told of these failures; return those that nobody else has told meanwhile."""
        untold = update(self.row).where(self.row.id.in_(ids), self.row.told_at.is_(None))
        return frozenset(tx.connection.execute(untold.values(told_at=now).returning(self.row.id)).scalars())

    def next_due(self, tx: Transaction, *only: ColumnElement[bool]) -> datetime | None:
        """Return when the next row is due of those for which `only` holds, None where none waits."""
        first = select(func.min(self.row.next_attempt_at)).where(self.row.state == DeliveryState.QUEUED, *only)
        return tx.connection.execute(first).scalar()

    def _release(self, tx: Transaction, ids: Sequence[int], **values: Any) -> None:
        if ids:
            released = update(self.row).where(self.row.id.in_(ids), self.row.state == DeliveryState.SENDING)
            state = {"state": DeliveryState.QUEUED, "claimed_by": None, "claimed_at": None}
            tx.connection.execute(released.values(**state, **values))


@cache
def _ending(row: type[OutboxRow] | type[CallRow]) -> Update:
    table = cast("Table", row.__table__)
    freed = {"claimed_by": None, "claimed_at": None}
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in _ENDING}
    return update(table).where(table.c.id == bindparam("one")).values(freed | values)


def _ended(one: int, verdict: Delivery) -> dict[str, Any]:
    return {
        "one": one,
        "new_state": verdict.state,
        "new_next_attempt_at": verdict.next_attempt_at,
        "new_answer": verdict.answer[:LONGEST_ANSWER],
        "new_uncertain": verdict.uncertain,
        "new_ended_at": None if verdict.state is DeliveryState.QUEUED else verdict.at,
    }


def anew(now: datetime) -> dict[str, Any]:
    """Return the columns of a row that is to be sent as if it were queued just now."""
    tried = {"attempts": 0, "first_at": now, "next_attempt_at": now}
    return {"state": DeliveryState.QUEUED, "ended_at": None, "told_at": None, **tried}
