"""Scheduled reports are made once a period, whoever looks: the row of each is what lets one of them make it."""

from datetime import date, datetime

from sqlalchemy import bindparam, select, update

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.time import IssueRow
from mailgateway.store.upsert import insert_new

_NEVER = ""
_LAST = select(IssueRow.report, IssueRow.whose, IssueRow.day)
_NEW = insert_new(IssueRow)
_MOVE_ON = update(IssueRow).where(
    IssueRow.report == bindparam("of_report"),
    IssueRow.whose == bindparam("of_whose"),
    IssueRow.day < bindparam("new_day"),
)

Issued = dict[tuple[str, str], date | None]
"""By report and whose it is: the day that names the last period it was made for, None before the first."""


def last_issues(tx: Transaction) -> Issued:
    """Return up to where every report was made."""
    found = tx.connection.execute(_LAST)
    return {(report, whose): date.fromisoformat(day) if day else None for report, whose, day in found}


def begin(tx: Transaction, report: str, whose: str, day: date | None, now: datetime) -> None:
    """Let a report that is not known yet be made from the period after `day` on."""
    row = {"report": report, "whose": whose, "day": _written(day), "at": now}
    tx.connection.execute(_NEW[tx.dialect], row)


def is_open(tx: Transaction, report: str, whose: str, day: date) -> bool:
    """Tell whether a report was not made yet for a period, or a later one."""
    open_ = _LAST.where(IssueRow.report == report, IssueRow.whose == whose, IssueRow.day < _written(day))
    return tx.connection.execute(open_).first() is not None


def take(tx: Transaction, report: str, whose: str, day: date, now: datetime) -> bool:
    """Note that a report is made for a period; False where it was, or one for a later period."""
    of = {"of_report": report, "of_whose": whose, "new_day": _written(day)}
    moved = _MOVE_ON.values({IssueRow.day: _written(day), IssueRow.at: now})
    return tx.connection.execute(moved, of).rowcount == 1


def _written(day: date | None) -> str:
    return _NEVER if day is None else day.isoformat()
