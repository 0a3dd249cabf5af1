"""The time that a report is about: whole days of a time zone, by name or from one date to another."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

_DAY = timedelta(days=1)
_MOST_DAYS = 31
_MOST_WEEKS = 26


class PeriodName(StrEnum):
    """What a period can be called."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this-week"
    LAST_WEEK = "last-week"
    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    THIS_QUARTER = "this-quarter"
    LAST_QUARTER = "last-quarter"
    THIS_YEAR = "this-year"
    LAST_YEAR = "last-year"


@dataclass(frozen=True, slots=True)
class Window:
    """From one instant to before another."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """From midnight of its first day to midnight after its last, in a time zone."""

    first: date
    last: date
    zone: tzinfo

    @property
    def whole(self) -> Window:
        """All of it, over or not."""
        return Window(_midnight(self.first, self.zone), _midnight(self.last + _DAY, self.zone))

    def until(self, now: datetime) -> Window:
        """Return as much of it as is over."""
        whole = self.whole
        return Window(whole.begins, max(whole.begins, min(whole.ends, now)))

    @property
    def before(self) -> "Period":
        """The period before: as many whole months where it is made of such, else as many days."""
        after = self.last + _DAY
        if self.first.day == after.day == 1:
            months = (after.year - self.first.year) * 12 + after.month - self.first.month
            return Period(_months_on(self.first, -months), self.first - _DAY, self.zone)
        return Period(self.first - (after - self.first), self.first - _DAY, self.zone)

    def before_until(self, now: datetime) -> Window:
        """Return the period before, and of it no more than is over of this one: like is compared with like."""
        window, before = self.until(now), self.before.whole
        if window == self.whole:
            return before
        return Window(before.begins, min(before.ends, before.begins + (window.ends - window.begins)))

    def steps(self, now: datetime) -> Iterator[tuple[date, Window]]:
        """Give the days, weeks or months of it that have begun, so that there are not too many."""
        window, day = self.until(now), self.first
        while day <= self.last:
            following = min(self._step_after(day), self.last + _DAY)
            begins, ends = _midnight(day, self.zone), _midnight(following, self.zone)
            if begins >= window.ends:
                return
            yield day, Window(begins, min(ends, window.ends))
            day = following

    def _step_after(self, day: date) -> date:
        days = (self.last - self.first).days + 1
        if days <= _MOST_DAYS:
            return day + _DAY
        if days <= 7 * _MOST_WEEKS:
            return day + timedelta(days=7 - day.weekday())
        return _months_on(day.replace(day=1), 1)


def named_period(name: PeriodName, now: datetime, zone: tzinfo) -> Period:
    """Return the period of this name as it is at an instant. Weeks begin on Monday."""
    today = now.astimezone(zone).date()
    which, _, size = name.value.rpartition("-")
    if not which:
        day = today if name is PeriodName.TODAY else today - _DAY
        return Period(day, day, zone)
    current = _around(today, size, zone)
    return current if which == "this" else _around(current.first - _DAY, size, zone)


def _around(day: date, size: str, zone: tzinfo) -> Period:
    """Return the week, month, quarter or year that a day lies in."""
    if size == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + 6 * _DAY, zone)
    months = {"month": 1, "quarter": 3, "year": 12}[size]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, _months_on(first, months) - _DAY, zone)


def _months_on(first: date, months: int) -> date:
    """Return the first day of a month so many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
