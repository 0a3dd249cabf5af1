"""Digests to check templates with, and to take pictures of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailgateway.reports.digest import Digest, Errand, Part, Section

_NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
_HOUR = timedelta(hours=1)


def _errand(
    number: int, subject: str, *, due: int | None = None, until: int | None = None, assignee: str | None = "anna"
) -> Errand:
    return Errand(
        number=number,
        subject=subject,
        status="open" if until is None else "pending",
        priority="high" if due is not None else "normal",
        assignee=assignee,
        requester="Jan Nowak",
        created_at=_NOW - 70 * _HOUR,
        since=_NOW - 40 * _HOUR,
        until=None if until is None else _NOW + until * _HOUR,
        due_at=None if due is None else _NOW + due * _HOUR,
        target=None if due is None else "resolution",
    )


_LATE = _errand(10234, "Printer on the second floor does not print", due=-3)
_SOON = _errand(10241, "No access to the shared calendar since the move to the new office", due=5)
_QUIET = _errand(10198, "Order of three monitors")
_SLEEPS = _errand(10177, "New badge for the cleaning company", until=50)
_NOBODYS = _errand(10245, "", assignee=None)
_OFFERED = replace(_NOBODYS, number=10247, giver="First line", accept_by=_NOW + 2 * _HOUR)
OWN = Digest(
    "",
    _NOW,
    (Part(Section.TO_DO, (_LATE, _SOON, _QUIET), 3), Part(Section.WAITING, (_SLEEPS,), 4)),
)
OF_GROUP = Digest(
    "Hardware",
    _NOW,
    (
        Part(Section.OFFERED, (_OFFERED, replace(_OFFERED, number=10248, accept_by=None)), 2),
        Part(Section.DUE, (_LATE, _SOON), 2),
        Part(Section.UNASSIGNED, (_NOBODYS,), 1),
        Part(Section.OLDEST, (_SLEEPS, _QUIET, _LATE), 31),
    ),
)
ADDRESSES = {
    one.number: f"support+t{one.number}.abcdefghij2345abcdefghij@example.com" for one in (_LATE, _SOON, _QUIET, _SLEEPS)
}
