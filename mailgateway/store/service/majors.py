"""Major incidents: declared, ended, and read for every new ticket."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select, text, update

from mailgateway.desk.problems.major import Major
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import possible_ids
from mailgateway.store.tables.majors import MajorRow
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.upsert import insert_or_update

MOST_READ = 20

_DECLARE = insert_or_update(
    MajorRow,
    ("problem",),
    lambda refused: {
        "texts": refused.texts,
        "since": refused.since,
        "only_for": refused.only_for,
        "news_at": refused.news_at,
        "ended_at": None,
    },
)
_END = (
    update(MajorRow)
    .where(MajorRow.problem == bindparam("number"), MajorRow.ended_at.is_(None))
    .values(ended_at=bindparam("at"))
)
# the condition is written as the index has it, so that both databases take it
_OPEN = (
    select(
        MajorRow.problem,
        MajorRow.texts,
        MajorRow.since,
        MajorRow.only_for,
        MajorRow.news_at,
        TicketRow.subject,
        TicketRow.ci,
        TicketRow.group,
    )
    .join(TicketRow, TicketRow.number == MajorRow.problem)
    .where(text("ended_at IS NULL"))
)
_OLDEST = _OPEN.where(MajorRow.since <= bindparam("now")).order_by(MajorRow.since).limit(MOST_READ)
_OF = _OPEN.where(MajorRow.problem.in_(bindparam("numbers", expanding=True)))


def declare(tx: Transaction, major: Major) -> None:
    """Make a problem a major incident, or say something else of it."""
    row = {
        "problem": major.problem,
        "texts": dict(major.texts),
        "since": major.since,
        "only_for": major.only_for,
        "news_at": major.news_at,
    }
    tx.connection.execute(_DECLARE[tx.dialect], row)


def end(tx: Transaction, problem: int, at: datetime) -> bool:
    """End the major incident of a problem; tell whether there was one."""
    return tx.connection.execute(_END, {"number": problem, "at": at}).rowcount > 0


def open_majors(tx: Transaction, now: datetime) -> tuple[Major, ...]:
    """Return the major incidents that are, oldest first; a few at most."""
    return tuple(Major(*row) for row in tx.connection.execute(_OLDEST, {"now": now}))


def majors_of(tx: Transaction, numbers: Collection[int]) -> dict[int, Major]:
    """Return the major incidents that are among these tickets."""
    found = (Major(*row) for row in tx.connection.execute(_OF, {"numbers": possible_ids(numbers)}))
    return {one.problem: one for one in found}
