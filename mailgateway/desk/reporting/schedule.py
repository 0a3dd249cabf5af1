"""When a report is due: a day of each period, at a time of that day, on working days where a calendar says which."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from mailgateway.desk.levels.calendar import Calendar

_DAY = timedelta(days=1)
_MOST_LOOKS = 62
"""So many periods back is looked for one that had a working day; a desk that rests for longer has nothing to report."""


class Every(StrEnum):
    """How often a report is made."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a report is due: each day, on a `weekday` (0 for Monday), or on the first of the month, at a time.

    With a calendar it waits for the next day on which somebody works; where a whole period has none, it is left out.
    Each day that begins a period names it, however the calendar moves the report.
    """

    every: Every
    at: time = time(7)
    weekday: int = 0
    calendar: Calendar | None = None

    def newest(self, now: datetime, zone: tzinfo) -> date | None:
        """Return the day that names the period whose report was due last, None where none was for long."""
        day = self._begin(now.astimezone(zone).date())
        for _ in range(_MOST_LOOKS):
            due = self.due(day, zone)
            if due is not None and due <= now:
                return day
            day = self._begin(day - _DAY)
        return None

    def following(self, now: datetime, zone: tzinfo) -> datetime | None:
        """Return the next moment after an instant at which a report is due, None where none is for long."""
        day = self._begin(now.astimezone(zone).date())
        for _ in range(_MOST_LOOKS):
            due = self.due(day, zone)
            if due is not None and due > now:
                return due
            day = self._after(day)
        return None

    def due(self, day: date, zone: tzinfo) -> datetime | None:
        """Return when the report of the period that a day names is due, None where nobody works in it."""
        worked = next((one for one in self._days(day) if self._is_worked(one)), None)
        return None if worked is None else datetime.combine(worked, self.at, zone)

    def covers(self, day: date) -> tuple[date, date]:
        """Return the first and the last day that the report is about: those since the one before."""
        if self.every is Every.DAY:
            return self._worked_before(day), day - _DAY
        return self._begin(day - _DAY), day - _DAY

    def _days(self, day: date) -> Iterator[date]:
        """Give the days on which the report of a period may be made: a daily one is for its day alone."""
        end = day + _DAY if self.every is Every.DAY else self._after(day)
        while day < end:
            yield day
            day += _DAY

    def _worked_before(self, day: date) -> date:
        """Return the working day before a day: what happened on days off is told with it."""
        before = (day - _DAY * back for back in range(1, _MOST_LOOKS))
        return next((one for one in before if self._is_worked(one)), day - _DAY)

    def _is_worked(self, day: date) -> bool:
        return self.calendar is None or bool(self.calendar.hours_of(day))

    def _begin(self, day: date) -> date:
        """Return the last day until this one that names a period."""
        match self.every:
            case Every.DAY:
                return day
            case Every.WEEK:
                return day - _DAY * ((day.weekday() - self.weekday) % 7)
            case Every.MONTH:
                return day.replace(day=1)

    def _after(self, day: date) -> date:
        """Return the day that names the period after the one that a day names."""
        match self.every:
            case Every.DAY:
                return day + _DAY
            case Every.WEEK:
                return day + 7 * _DAY
            case Every.MONTH:
                return (day + 31 * _DAY).replace(day=1)
