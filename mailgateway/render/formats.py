"""Dates, spans and numbers as the reader's language writes them, in the notice's time zone (CLDR, through Babel)."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from jinja2 import pass_context
from jinja2.runtime import Context

from mailgateway.render.wording import locale_of

_UNITS: tuple[tuple[int, Literal["day", "hour", "minute"]], ...] = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


@pass_context
def moment(context: Context, at: datetime) -> str:
    """Return a moment with its day of the week and time zone: Monday, March 2, 2026 at 9:30 AM CET."""
    local = at.astimezone(_zone(context))
    language = _language(context)
    day, time = _full_day(local.date(), language), _minute(local.time().replace(second=0, microsecond=0), language)
    return f"{day}, {time} {local.tzname() or ''}".strip()


@pass_context
def day(context: Context, at: datetime) -> str:
    """Return the date of a moment: March 2, 2026."""
    return format_date(at.astimezone(_zone(context)), "long", locale=_locale(context))


@pass_context
def stamp(context: Context, at: datetime) -> str:
    """Return a moment in short, as tables have it: 3/2/26, 9:30 AM."""
    return format_datetime(at.astimezone(_zone(context)), "short", locale=_locale(context))


@pass_context
def span(context: Context, length: timedelta) -> str:
    """Return how long something takes, in its two largest units: 2 days 3 hours."""
    return span_in(length, _locale(context))


def span_in(length: timedelta, locale: Locale, style: Literal["long", "short", "narrow"] = "long") -> str:
    """Return how long something takes, as a language says it."""
    seconds = int(abs(length.total_seconds()))
    parts: list[str] = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            part = timedelta(seconds=count * size)
            parts.append(format_timedelta(part, unit, threshold=10_000, format=style, locale=locale))
    return " ".join(parts[:2]) or format_timedelta(timedelta(seconds=seconds), "second", format=style, locale=locale)


@pass_context
def size(context: Context, octets: int) -> str:
    """Return a file size for people: 1.7 MB."""
    return _size(octets, _language(context))


@pass_context
def number(context: Context, value: float) -> str:
    """Return a number with the language's separators: 1,234.5."""
    return format_decimal(value, locale=_locale(context))


@pass_context
def percent(context: Context, value: float) -> str:
    """Return a share as per cent: 0.934 gives 93%."""
    return format_percent(value, locale=_locale(context))


@lru_cache(maxsize=1_000)
def _full_day(day: date, language: str) -> str:
    # a letter tells of several moments, the letters of a day mostly of the same days
    return format_date(day, "full", locale=locale_of(language))


@lru_cache(maxsize=10_000)
def _minute(minute: time, language: str) -> str:
    return format_time(minute, "short", locale=locale_of(language))


@lru_cache(maxsize=1_000)
def _size(octets: int, language: str) -> str:
    # a letter tells it twice, in its text and in its HTML
    if octets < 1_000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{format_decimal(octets / 1_000, format='#,##0', locale=locale_of(language))} kB"
    return f"{format_decimal(octets / 1_000_000, format='#,##0.0', locale=locale_of(language))} MB"


def _locale(context: Context) -> Locale:
    return locale_of(_language(context))


def _language(context: Context) -> str:
    """Return the reader's language; a macro that is imported without context knows no reader, and writes English."""
    language = context.resolve("language")
    return language if isinstance(language, str) else ""


def _zone(context: Context) -> tzinfo:
    zone = context.resolve("timezone")
    return zone if isinstance(zone, ZoneInfo) else UTC
