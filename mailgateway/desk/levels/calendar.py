"""Business calendars: when a desk works, and exact arithmetic on it. Values in, values out.

Hours are those of the wall clock in the calendar's zone: an instant is business time when the clock there shows a time
within the hours of that day. So an hour that daylight saving repeats counts twice, one that it leaves out not at all.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

Hours = tuple[tuple[int, int], ...]
"""Parts of a day, as minutes from its midnight: in order, apart from each other, 1440 for its end."""

Holidays = Callable[[int], Mapping[date, str]]
"""Gives the public holidays of a year, with their names."""

ALL_DAY: Hours = ((0, 1440),)
ALWAYS: tuple[Hours, ...] = (ALL_DAY,) * 7

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""The years that calendars know; before and after them nothing is open."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_TICK = timedelta(microseconds=1)
_MINUTE = 60_000_000
_DAY = 1440 * _MINUTE


def no_holidays(_: int) -> Mapping[date, str]:
    """Return the holidays of a calendar that has none."""
    return {}


@dataclass(frozen=True, slots=True)
class Closure:
    """Days from `first` to `last`, both included, on which nobody works, and why."""

    first: date
    last: date
    name: str


@dataclass(frozen=True, slots=True)
class _Year:
    """The business time of one year of UTC, in microseconds since 1970: parts in order, and how much lies before each.

    `through` is how much lies before the end of each.
    """

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    through: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.through[-1] if self.through else 0

    def before(self, tick: int) -> int:
        """Return how much of it lies before an instant."""
        place = bisect_right(self.starts, tick) - 1
        if place < 0:
            return 0
        return self.through[place] - max(0, self.ends[place] - tick)

    def add(self, start: int, end: int) -> None:
        """Add a part behind all others; one that goes on where the last ended lengthens it."""
        if self.ends and self.ends[-1] == start:
            self.ends[-1] = end
            self.through[-1] += end - start
        else:
            self.starts.append(start)
            self.ends.append(end)
            self.through.append(self.total + end - start)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a desk works. `week` has the hours of monday to sunday.

    On the days of `openings` its hours hold whatever else is said; else a closure or a holiday closes the whole day.
    """

    name: str
    zone: tzinfo
    week: tuple[Hours, ...] = ALWAYS
    holidays: Holidays = no_holidays
    closures: tuple[Closure, ...] = ()
    openings: Mapping[date, Hours] = field(default_factory=dict)
    _years: dict[int, _Year] = field(default_factory=dict, repr=False, compare=False)

    def is_open(self, at: datetime) -> bool:
        """Tell whether an instant is business time; the moment of closing is not."""
        tick, year = _tick(at), self._year(_year_of(at))
        place = bisect_right(year.starts, tick) - 1
        return place >= 0 and tick < year.ends[place]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much business time lies between two instants, nothing where the second is not the later one."""
        if end <= start:
            return timedelta()
        first, last = _year_of(start), _year_of(end)
        whole = sum(self._year(year).total for year in range(max(first, FIRST_YEAR), min(last, LAST_YEAR + 1)))
        return (whole + self._year(last).before(_tick(end)) - self._year(first).before(_tick(start))) * _TICK

    def after(self, start: datetime, span: timedelta) -> datetime | None:
        """Return the first instant by which so much business time has passed; None where that is never."""
        if span <= timedelta():
            return start
        first = _year_of(start)
        wanted = self._year(first).before(_tick(start)) + span // _TICK
        for number in range(max(first, FIRST_YEAR), self._last_year() + 1):
            year = self._year(number)
            if wanted <= year.total:
                place = bisect_left(year.through, wanted)
                return _instant(year.ends[place] - (year.through[place] - wanted))
            wanted -= year.total
        return None

    def next_opening(self, at: datetime) -> datetime | None:
        """Return the first instant of business time from `at` on, which may be itself; None where there is none."""
        if self.is_open(at):
            return at
        for number in range(max(_year_of(at), FIRST_YEAR), self._last_year() + 1):
            year = self._year(number)
            place = bisect_left(year.starts, _tick(at))
            if place < len(year.starts):
                return _instant(year.starts[place])
        return None

    def parts(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give every part of business time between two instants, in order and apart."""
        at = self.next_opening(start)
        while at is not None and at < end:
            closing = self._closing(at)
            yield at, min(closing, end)
            at = self.next_opening(closing)

    def hours_of(self, day: date) -> Hours:
        """Return the hours of one day."""
        if day in self.openings:
            return self.openings[day]
        return () if self.closed_for(day) else self.week[day.weekday()]

    def closed_for(self, day: date) -> str:
        """Return the name of the closure or holiday that closes a day, "" for none."""
        if day in self.openings:
            return ""
        closure = next((one.name for one in self.closures if one.first <= day <= one.last), "")
        return closure or self.holidays(day.year).get(day, "")

    def _closing(self, at: datetime) -> datetime:
        """Return when the part of business time that holds an instant ends, be it in a later year."""
        number = _year_of(at)
        year = self._year(number)
        place = bisect_right(year.starts, _tick(at)) - 1
        closing = _instant(year.ends[place])
        while place == len(year.ends) - 1 and _year_of(closing) > number and self.is_open(closing):
            number, place = number + 1, 0
            year = self._year(number)
            closing = _instant(year.ends[0])
        return closing

    def _last_year(self) -> int:
        """Return the last year worth a look: without hours of a week there are exceptional openings alone."""
        return LAST_YEAR if any(self.week) else max((day.year + 1 for day in self.openings), default=FIRST_YEAR)

    def _year(self, number: int) -> _Year:
        """Return the business time of a year, made once."""
        made = self._years.get(number)
        if made is None:
            made = self._made(number)
            if FIRST_YEAR <= number <= LAST_YEAR:
                self._years[number] = made
        return made

    def _made(self, number: int) -> _Year:
        made = _Year()
        if not FIRST_YEAR <= number <= LAST_YEAR:
            return made
        for start, end, offset in _offsets(self.zone, number):
            for day in range((start + offset) // _DAY, (end + offset - 1) // _DAY + 1):
                for opening, closing in self.hours_of(date.fromordinal(_EPOCH_DAY + day)):
                    midnight = day * _DAY - offset
                    begins, ends = max(start, midnight + opening * _MINUTE), min(end, midnight + closing * _MINUTE)
                    if begins < ends:
                        made.add(begins, ends)
        return made


def _offsets(zone: tzinfo, year: int) -> Iterator[tuple[int, int, int]]:
    """Give the parts of a year of UTC within which the zone keeps one offset: start, end, offset."""
    start, end = _tick(datetime(year, 1, 1, tzinfo=UTC)), _tick(datetime(year + 1, 1, 1, tzinfo=UTC))
    offset = _offset(zone, start)
    for day in range(start, end, _DAY):
        if _offset(zone, day + _DAY) == offset:
            continue
        change = _change(zone, day, day + _DAY)
        yield start, change, offset
        start, offset = change, _offset(zone, change)
    if start < end:
        yield start, end, offset


def _change(zone: tzinfo, low: int, high: int) -> int:
    """Return the instant between two at which the zone takes the offset of the later one."""
    before = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _offset(zone: tzinfo, tick: int) -> int:
    return (_instant(tick).astimezone(zone).utcoffset() or timedelta()) // _TICK


def _year_of(at: datetime) -> int:
    return at.astimezone(UTC).year


def _tick(at: datetime) -> int:
    return (at - _EPOCH) // _TICK


def _instant(tick: int) -> datetime:
    return _EPOCH + tick * _TICK
