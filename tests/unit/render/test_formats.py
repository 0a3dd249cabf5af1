"""Dates, spans and numbers in the reader's language and time zone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_time
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from jinja2.runtime import new_context

from mailgateway.render.environment import Templates
from mailgateway.render.formats import moment

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def written(source: str, language: str, folder: Path) -> str:
    """Return what a template makes of a moment, a span and a number."""
    (folder / "x.txt").write_text(source, "utf-8")
    values = {"at": AT, "length": timedelta(days=2, hours=3, minutes=4), "language": language}
    return Templates(folder).produce("x.txt", values).replace("\u202f", " ").replace("\xa0", " ")


def told_in(zone: str, language: str, at: datetime) -> str:
    """Return a moment as a reader of this language, there, is told of it."""
    values = {"language": language, "timezone": ZoneInfo(zone)}
    return moment(new_context(Environment(), None, {}, values), at)


@pytest.mark.parametrize(
    ("source", "language", "told"),
    [
        ("{{ at | moment }}", "en", "Monday, March 2, 2026, 8:30 AM UTC"),
        ("{{ at | moment }}", "de-at", "Montag, 2. März 2026, 08:30 UTC"),
        ("{{ at | day }}", "pl", "2 marca 2026"),
        ("{{ at | stamp }}", "pl", "2.03.2026, 08:30"),
        ("{{ length | span }}", "pl", "2 dni 3 godziny"),
        ("{{ length | span }}", "xx", "2 days 3 hours"),
        ("{{ 1234567.5 | number }}", "de", "1.234.567,5"),
        ("{{ 0.934 | percent }}", "de", "93 %"),
        ("{{ 0 | size }}", "de", "0 B"),
        ("{{ 999 | size }}", "en", "999 B"),
        ("{{ 1500 | size }}", "pl", "2 kB"),
        ("{{ 1734002 | size }}", "en", "1.7 MB"),
        ("{{ 1734002 | size }}", "de", "1,7 MB"),
        ("{{ 31400000 | size }}", "pl", "31,4 MB"),
    ],
)
def test_each_language_writes_in_its_own_way(source: str, language: str, told: str, tmp_path: Path) -> None:
    """Formats are those of the Unicode CLDR; a language that is not known writes as English does."""
    assert written(source, language, tmp_path) == told


def test_a_macro_that_knows_no_reader_writes_english(tmp_path: Path) -> None:
    """What is imported without context has no language; it is no reason to lose a mail."""
    (tmp_path / "parts").write_text("{% macro told(octets) %}{{ octets | size }}{% endmacro %}", "utf-8")
    assert written('{% import "parts" as parts %}{{ parts.told(1734002) }}', "de", tmp_path) == "1.7 MB"


@given(
    at=st.datetimes(timezones=st.just(UTC), min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from(["UTC", "Europe/Warsaw", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    language=st.sampled_from(["en", "de", "pl", "fa", "ja"]),
)
def test_a_moment_is_told_as_a_whole(at: datetime, zone: str, language: str) -> None:
    """Day and minute, which are remembered apart, make what Babel makes of the moment in its zone."""
    local = at.astimezone(ZoneInfo(zone))
    day, minute = format_date(local, "full", locale=language), format_time(local, "short", locale=language)
    assert told_in(zone, language, at) == f"{day}, {minute} {local.tzname()}"
