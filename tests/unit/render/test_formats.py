"""Dates, spans and numbers in the reader's language and time zone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailgateway.render.environment import Templates

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def written(source: str, language: str, folder: Path) -> str:
    """Return what a template makes of a moment, a span and a number."""
    (folder / "x.txt").write_text(source, "utf-8")
    values = {"at": AT, "length": timedelta(days=2, hours=3, minutes=4), "language": language}
    return Templates(folder).produce("x.txt", values).replace("\u202f", " ").replace("\xa0", " ")


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
