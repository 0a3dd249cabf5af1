"""Kinds of values of which calendars consist: days, hours of a day, time zones, countries."""

import re
from datetime import date
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema

from mailgateway.config.reading.kinds import wrong
from mailgateway.desk.levels.calendar import FIRST_YEAR, LAST_YEAR, Hours
from mailgateway.rules.nearest import instead
from mailgateway.rules.text import described, excerpt

_PART = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s?-\s?([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOST_PARTS = 24
_END_OF_DAY = 1440
_USUAL_ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Paris",
    "Europe/Warsaw",
    "America/New_York",
    "Asia/Tokyo",
    "UTC",
)
CLOSED = "closed"
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def zone_problem(name: str) -> str:
    """Say why a time zone cannot be used, "" where it can."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return f"the time zone {excerpt(name)} is not known here; {instead(name, _USUAL_ZONES)}"
    return ""


def _timezone(written: str) -> str:
    problem = zone_problem(written)
    if problem:
        wrong(problem)
    return written


def _day(written: object) -> date:
    if isinstance(written, date):
        return written
    try:
        day = date.fromisoformat(written) if isinstance(written, str) and _DAY.fullmatch(written) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        wrong(f"a day belongs here, such as 2026-12-24, not {described(written)}")
    return day


def _day_hours(written: object) -> Hours:
    if isinstance(written, tuple):
        return written
    if written == CLOSED:
        return ()
    parts = written.split(",") if isinstance(written, str) else written
    if not isinstance(parts, list) or not parts or len(parts) > _MOST_PARTS:
        wrong(f'hours belong here, such as "08:00-12:00, 13:00-17:00", or closed, not {described(written)}')
    hours = tuple(_part(part) for part in parts)
    for earlier, later in pairwise(hours):
        if later[0] <= earlier[1]:
            wrong(f"{_spoken_part(later)} does not come after {_spoken_part(earlier)}: write the hours in order, apart")
    return hours


def _part(written: object) -> tuple[int, int]:
    found = _PART.fullmatch(written.strip()) if isinstance(written, str) else None
    if found is None:
        wrong(f'hours are written "08:00-17:00", not {described(written)}')
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if max(start, end) > _END_OF_DAY:
        wrong(f"{excerpt(str(written))} goes beyond the day, which ends at 24:00")
    if end <= start:
        first, second = _spoken_part((start, _END_OF_DAY)), _spoken_part((0, end))
        wrong(f'hours end within the day: write "{first}" here, and "{second}" on the day that follows')
    return start, end


def _spoken_part(part: tuple[int, int]) -> str:
    start, end = part
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _spoken_hours(hours: Hours) -> str:
    return ", ".join(_spoken_part(part) for part in hours) or CLOSED


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


_HOURS_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "examples": ["08:00-12:00, 13:00-17:00", CLOSED]},
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": _MOST_PARTS},
    ]
}

TimeZone = Annotated[str, AfterValidator(_timezone), _schema(type="string", examples=["Europe/Warsaw"])]
Country = Annotated[str, _schema(type="string", examples=["PL", "DE", "US"])]
Day = Annotated[
    date, PlainValidator(_day), PlainSerializer(str), _schema(type="string", format="date", examples=["2026-12-24"])
]
DayHours = Annotated[Hours, PlainValidator(_day_hours), PlainSerializer(_spoken_hours), WithJsonSchema(_HOURS_SCHEMA)]
