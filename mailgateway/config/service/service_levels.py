"""What service_levels.yaml may say: when the desk works, and what it promises."""

from dataclasses import dataclass
from datetime import UTC
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from mailgateway.config.reading.kinds import Line, Strict, Word, wrong
from mailgateway.config.service.agreements import PolicyEntry
from mailgateway.config.service.holidays import PublicHolidays
from mailgateway.config.service.working_hours import WEEK, Country, Day, DayHours, TimeZone
from mailgateway.desk.levels.calendar import ALWAYS, Calendar, Closure, Hours, no_holidays
from mailgateway.desk.levels.service_levels import ServiceLevel

_WEEKEND = 5


class WeekEntry(Strict):
    """The hours of a week. A day's own key goes before weekdays and weekend, these before every_day."""

    every_day: DayHours | None = Field(default=None, description="the hours of every day without a key of its own")
    weekdays: DayHours | None = Field(default=None, description="the hours of monday to friday")
    weekend: DayHours | None = Field(default=None, description="the hours of saturday and sunday")
    monday: DayHours | None = Field(default=None, description="the hours of mondays")
    tuesday: DayHours | None = Field(default=None, description="the hours of tuesdays")
    wednesday: DayHours | None = Field(default=None, description="the hours of wednesdays")
    thursday: DayHours | None = Field(default=None, description="the hours of thursdays")
    friday: DayHours | None = Field(default=None, description="the hours of fridays")
    saturday: DayHours | None = Field(default=None, description="the hours of saturdays")
    sunday: DayHours | None = Field(default=None, description="the hours of sundays")

    @model_validator(mode="after")
    def _is_open_at_some_time(self) -> Self:
        if not any(self.week()):
            wrong('these hours are never open, and nothing would ever be due: write weekdays: "08:00-16:00" or others')
        return self

    def week(self) -> tuple[Hours, ...]:
        """Return the hours of monday to sunday; a day that no key speaks of is closed."""
        return tuple(self._hours(number, name) for number, name in enumerate(WEEK))

    def _hours(self, number: int, name: str) -> Hours:
        of_several = self.weekend if number >= _WEEKEND else self.weekdays
        said: tuple[Hours | None, ...] = (getattr(self, name), of_several, self.every_day)
        return next((hours for hours in said if hours is not None), ())


class HolidaysEntry(Strict):
    """Whose public holidays close the whole day."""

    country: Country = Field(description="a country's code, such as PL or DE")
    subdivision: Word | None = Field(default=None, description="the code of a part of it, such as BY for Bavaria")

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        problem = PublicHolidays(self.country, self.subdivision or "").problem()
        if problem:
            wrong(problem)
        return self


class ClosureEntry(Strict):
    """Days on which nobody works, beside holidays."""

    name: Line = Field(description="why, such as Stocktaking")
    first: Day = Field(alias="from", description="the day, or the first of them, such as 2026-12-24")
    last: Day | None = Field(default=None, alias="to", description="the last of them, where there are several")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last is not None and self.last < self.first:
            wrong("the last day lies before the first: change one")
        return self


class OpeningEntry(Strict):
    """A day with hours of its own, whatever else is said of it."""

    day: Day = Field(description="the day, such as 2026-12-19")
    hours: DayHours = Field(description='its hours, such as "09:00-13:00"')


class CalendarEntry(Strict):
    """When the desk works."""

    name: Word = Field(description="what policies and rules call it")
    timezone: TimeZone = Field(default="UTC", description="whose wall clock the hours are of, such as Europe/Warsaw")
    hours: WeekEntry | None = Field(default=None, description="the hours of a week; without it, always open")
    holidays: HolidaysEntry | None = Field(default=None, description="public holidays on which it is closed")
    closures: tuple[ClosureEntry, ...] = Field(default=(), description="other days on which it is closed")
    openings: tuple[OpeningEntry, ...] = Field(default=(), description="days with hours of their own")

    def as_calendar(self) -> Calendar:
        """Return the calendar that the desk reckons with; holidays are looked up when they are needed."""
        days = self.holidays
        return Calendar(
            name=self.name,
            zone=UTC if self.timezone == "UTC" else ZoneInfo(self.timezone),
            week=self.hours.week() if self.hours else ALWAYS,
            holidays=PublicHolidays(days.country, days.subdivision or "") if days else no_holidays,
            closures=tuple(Closure(one.first, one.last or one.first, one.name) for one in self.closures),
            openings={one.day: one.hours for one in self.openings},
        )


class ServiceLevelsFile(Strict):
    """When the desk works, and what it promises."""

    calendars: Annotated[tuple[CalendarEntry, ...], Field(min_length=1)] = Field(
        description="when the desk works, at least one calendar"
    )
    policies: tuple[PolicyEntry, ...] = Field(
        default=(), description="what is promised: of several policies the first that is for a ticket holds"
    )

    def as_levels(self) -> "Levels":
        """Return the plain values."""
        calendars = {one.name: one.as_calendar() for one in self.calendars}
        policies = tuple(one.as_level(calendars) for one in self.policies)
        return Levels(tuple(calendars.values()), policies)


@dataclass(frozen=True, slots=True)
class Levels:
    """What the file says, as the desk uses it; without a file there are no calendars and no policies."""

    calendars: tuple[Calendar, ...] = ()
    policies: tuple[ServiceLevel, ...] = ()
