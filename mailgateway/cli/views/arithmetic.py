"""The arithmetic of service levels, for programs and for the eyes."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from mailgateway.cli.views.levels import hours, name_of
from mailgateway.desk.as_json import instant
from mailgateway.desk.levels.explained import Explained, Interval, Why

_REASONS = {Why.BUSINESS_TIME: "business time", Why.OUTSIDE_HOURS: "outside business hours"}


def as_objects(found: Iterable[Explained]) -> list[dict[str, object]]:
    """Return the `levels_explained` of `tickets show --explain-levels --json`; spans are in seconds."""
    return [_object(one) for one in found]


def _object(one: Explained) -> dict[str, object]:
    clock = one.clock
    return {
        "target": clock.target.value,
        "cycle": clock.cycle,
        "policy": clock.policy,
        "calendar": clock.calendar,
        "timezone": str(one.calendar.zone),
        "seconds": clock.length.total_seconds(),
        "counted": one.counted.total_seconds(),
        "due_at": instant(clock.due_at),
        "met_at": instant(clock.met_at),
        "called_off_at": instant(clock.ended_at),
        "intervals": [
            {
                "from": instant(part.start),
                "to": instant(part.end),
                "counted": part.counted.total_seconds(),
                "why": part.why.value,
                "name": part.name,
            }
            for part in one.intervals
        ],
    }


def as_lines(found: Iterable[Explained]) -> Iterator[str]:
    """Give the lines of `tickets show --explain-levels`: times are those of the calendar's zone."""
    for number, one in enumerate(found):
        if number:
            yield ""
        yield from _lines(one)


def _lines(one: Explained) -> Iterator[str]:
    clock, zone = one.clock, one.calendar.zone
    again = f" (number {clock.cycle})" if clock.cycle > 1 else ""
    yield (
        f"{name_of(clock.target).capitalize()}{again}: {hours(clock.length)} by policy {clock.policy}, "
        f"in calendar {clock.calendar} ({zone})"
    )
    for part in one.intervals:
        counted = f"+ {hours(part.counted)}" if part.counted else ""
        yield f"  {_moment(part.start, one)}  {_moment(part.end, one)}  {counted:>12}  {_reason(part)}"
    yield f"  {hours(one.counted)} counted: {_end(one)}"


def _reason(part: Interval) -> str:
    if part.why is Why.PAUSED:
        return f"paused, the ticket was {part.name.replace('_', ' ')}"
    return part.name if part.why is Why.CLOSED else _REASONS[part.why]


def _end(one: Explained) -> str:
    clock = one.clock
    due = "" if clock.due_at is None else f"due {_moment(clock.due_at, one)}"
    if clock.met_at is not None:
        return f"met {_moment(clock.met_at, one)}" + (f", {due}" if due else "")
    if clock.ended_at is not None:
        return f"called off {_moment(clock.ended_at, one)}"
    return due or f"paused, with {hours(clock.length - clock.counted)} left"


def _moment(at: datetime, one: Explained) -> str:
    return f"{at.astimezone(one.calendar.zone):%a %Y-%m-%d %H:%M}"
