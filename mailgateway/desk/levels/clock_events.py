"""What moved the clocks of a ticket, as its events tell it: enough to reckon every due time anew."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import Status

WHAT = "clocks"
"""What such events are called."""

_SECOND = timedelta(seconds=1)
MET, CALLED_OFF = "met", "called_off"
"""How a clock ends."""


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """How one clock stands from an instant on: going or not, towards what, or ended (`met`, `called_off`).

    `status` is that of the ticket from then on.
    """

    at: datetime
    target: Target
    cycle: int
    policy: str
    calendar: str
    length: timedelta
    is_going: bool
    ended: str
    status: str


def detail_of(before: Iterable[Clock], after: Iterable[Clock], status: Status) -> dict[str, Any]:
    """Return what the event of a change of clocks says, as plain JSON values."""
    known = set(before)
    moved = [clock for clock in after if clock not in known]
    return {"status": status.value, "moved": [_moved(clock) for clock in moved]}


def read_events(at: datetime, detail: Mapping[str, Any]) -> Iterator[ClockEvent]:
    """Give what an event says, a clock after the other."""
    for one in detail["moved"]:
        yield ClockEvent(
            at=at,
            target=Target(one["target"]),
            cycle=one["cycle"],
            policy=one["policy"],
            calendar=one["calendar"],
            length=one["seconds"] * _SECOND,
            is_going=one["going"],
            ended=one["ended"],
            status=detail["status"],
        )


def _moved(clock: Clock) -> dict[str, Any]:
    return {
        "target": clock.target.value,
        "cycle": clock.cycle,
        "policy": clock.policy,
        "calendar": clock.calendar,
        "seconds": clock.length // _SECOND,
        "going": clock.running_since is not None,
        "ended": MET if clock.met_at else CALLED_OFF if clock.ended_at else "",
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
    }
