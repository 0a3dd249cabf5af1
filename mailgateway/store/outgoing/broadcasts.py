"""What is still to be told to the incidents of problems: how far each piece of news has come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from mailgateway.desk.model import LinkKind
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.tickets import BroadcastRow, LinkRow


@dataclass(frozen=True, slots=True)
class Broadcast:
    """News of a problem on its way to the incidents. `article` is the id of the answer, None where there is none."""

    id: int
    problem: int
    author: str
    article: int | None
    solved: bool
    at: datetime
    after: int


_ADD = insert(BroadcastRow)
_NEXT = (
    select(
        BroadcastRow.id,
        BroadcastRow.problem,
        BroadcastRow.author,
        BroadcastRow.article,
        BroadcastRow.solved,
        BroadcastRow.at,
        BroadcastRow.after,
    )
    .where(BroadcastRow.done_at.is_(None))
    .order_by(BroadcastRow.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_INCIDENT = (
    select(LinkRow.ticket)
    .where(
        LinkRow.other == bindparam("problem"), LinkRow.kind == LinkKind.PROBLEM, LinkRow.ticket > bindparam("behind")
    )
    .order_by(LinkRow.ticket)
    .limit(1)
)
_ONE = update(BroadcastRow).where(BroadcastRow.id == bindparam("broadcast"))


def add_broadcast(
    tx: Transaction, problem: int, author: str, article: int | None, at: datetime, *, solved: bool
) -> None:
    """Let the incidents of a problem be told, later and in turn."""
    row = {"problem": problem, "author": author, "article": article, "solved": solved, "at": at, "after": 0}
    tx.connection.execute(_ADD, row)


def take_broadcast(tx: Transaction) -> Broadcast | None:
    """Return the oldest news that is not told to everybody, and keep others from it until the transaction ends."""
    row = tx.connection.execute(_NEXT).first()
    return Broadcast(*row) if row else None


def next_incident(tx: Transaction, broadcast: Broadcast) -> int | None:
    """Return the incident that is told next, None where all were."""
    where = {"problem": broadcast.problem, "behind": broadcast.after}
    return tx.connection.execute(_INCIDENT, where).scalar_one_or_none()


def told(tx: Transaction, broadcast: Broadcast, incident: int) -> None:
    """Note how far the news has come."""
    tx.connection.execute(_ONE.values(after=incident), {"broadcast": broadcast.id})


def told_all(tx: Transaction, broadcast: Broadcast, at: datetime) -> None:
    """Note that everybody knows."""
    tx.connection.execute(_ONE.values(done_at=at), {"broadcast": broadcast.id})
