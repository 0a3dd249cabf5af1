"""The clocks of a ticket: what starts, stops and re-targets them. Values in, values out.

A clock counts business time. It stands still while the ticket waits for the customer, goes on afterwards, and what it
has counted stays counted when another target, policy or calendar begins to hold. Nothing but a plan moves it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.service_levels import FINISHED, ServiceLevel
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import Status, Ticket

Calendars = Mapping[str, Calendar]
"""The calendars there are, by name."""

_ROUND_THE_CLOCK = Calendar("", UTC)
_ORDER = {target: place for place, target in enumerate(Target)}


@dataclass(frozen=True, slots=True)
class Happened:
    """What of a plan matters to clocks.

    `ticket` is the ticket after it, `opened` tells that it is new. `wrote` tells that a customer did, `answered` that
    an agent answered the customer (a note is no answer), `handed` that another group has the ticket now, `merged` that
    another ticket goes on in its place.
    """

    at: datetime
    ticket: Ticket
    opened: bool = False
    wrote: bool = False
    answered: bool = False
    handed: bool = False
    merged: bool = False


def wound(
    clocks: Iterable[Clock], happened: Happened, level: ServiceLevel | None, calendars: Calendars
) -> tuple[Clock, ...]:
    """Return the clocks of a ticket after something happened, those that have ended included.

    `level` is the policy that holds for the ticket as it is now.
    """
    after = list(rewound(clocks, happened, level, calendars))
    if level is not None and happened.ticket.status not in FINISHED:
        for target, length in level.lengths(happened.ticket).items():
            if _begins(target, after, happened):
                cycle = max((clock.cycle for clock in after if clock.target is target), default=0) + 1
                new = Clock(target, cycle, level.name, level.calendar.name, length, happened.at)
                after.append(_going_or_not(new, happened, level))
    return in_order(after)


def rewound(
    clocks: Iterable[Clock], happened: Happened, level: ServiceLevel | None, calendars: Calendars
) -> tuple[Clock, ...]:
    """Return the clocks that there are, by the promises and calendars that hold now; none begins."""
    lengths = level.lengths(happened.ticket) if level is not None else {}
    return tuple(_moved(clock, happened, level, lengths.get(clock.target), calendars) for clock in clocks)


def in_order(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """Return clocks by target and cycle."""
    return tuple(sorted(clocks, key=lambda clock: (_ORDER[clock.target], clock.cycle)))


def current(clocks: Iterable[Clock], target: Target) -> Clock | None:
    """Return the last clock of a target, None where there is none."""
    return max((clock for clock in clocks if clock.target is target), key=lambda clock: clock.cycle, default=None)


def share_used_at(clock: Clock, calendar: Calendar, share: int) -> datetime | None:
    """Return when a clock that goes has used up a share (in percent) of its time; None where it never has."""
    if clock.running_since is None:
        return None
    left = clock.length * share / 100 - clock.counted
    return calendar.after(clock.running_since, max(left, timedelta()))


def _moved(
    clock: Clock, happened: Happened, level: ServiceLevel | None, length: timedelta | None, calendars: Calendars
) -> Clock:
    if not clock.is_open:
        return clock
    at, counts_in = happened.at, _calendar(clock, level, calendars)
    if not happened.merged and _is_met(clock.target, happened):
        return clock.kept(at, counts_in)
    is_handed_on = happened.merged or (clock.target is Target.OWN and happened.handed)
    if level is None or length is None or is_handed_on:
        return clock.called_off(at, counts_in)
    if (clock.length, clock.policy, clock.calendar) != (length, level.name, level.calendar.name):
        clock = clock.standing(at, counts_in).towards(length, level.name, level.calendar)
    return _going_or_not(clock, happened, level)


def _calendar(clock: Clock, level: ServiceLevel | None, calendars: Calendars) -> Calendar:
    """Return what a clock counts in; where that calendar is gone by now, the one that holds for the ticket."""
    return calendars.get(clock.calendar) or (level.calendar if level is not None else _ROUND_THE_CLOCK)


def _going_or_not(clock: Clock, happened: Happened, level: ServiceLevel) -> Clock:
    if happened.ticket.status in level.pauses:
        return clock.standing(happened.at, level.calendar)
    return clock.going(happened.at, level.calendar)


def _is_met(target: Target, happened: Happened) -> bool:
    """Tell whether a promise is kept by now; a ticket that is solved needs no answer and no owner any more."""
    if happened.ticket.status in FINISHED:
        return True
    match target:
        case Target.FIRST_RESPONSE | Target.NEXT_RESPONSE:
            return happened.answered
        case Target.OWN:
            return happened.ticket.assignee is not None
        case Target.RESOLUTION:
            return False


def _begins(target: Target, clocks: Iterable[Clock], happened: Happened) -> bool:
    """Tell whether something begins to be promised, where no clock counts for it."""
    last = current(clocks, target)
    if last is not None and last.is_open:
        return False
    ticket = happened.ticket
    match target:
        case Target.FIRST_RESPONSE:
            # Where no clock ever counted for it, a ticket that is not new has been answered.
            is_unanswered = happened.opened or ticket.status is Status.NEW
            return last is None and is_unanswered and not happened.answered
        case Target.NEXT_RESPONSE:
            first = current(clocks, Target.FIRST_RESPONSE)
            waits_for_first = ticket.status is Status.NEW or (first is not None and first.is_open)
            return happened.wrote and not happened.answered and not (happened.opened or waits_for_first)
        case Target.OWN:
            return ticket.assignee is None
        case Target.RESOLUTION:
            return True
