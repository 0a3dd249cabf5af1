"""How long a ticket is put aside, as agents write it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.timed.snooze import AWAKE, LONGEST, Wanted, against_snooze, read_snooze, until

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("30m", timedelta(minutes=30)),
        ("4h", timedelta(hours=4)),
        ("2 D", timedelta(days=2)),
        ("1w.", timedelta(weeks=1)),
        ("none", AWAKE),
        ("2026-12-01", datetime(2026, 12, 1, 8)),  # noqa: DTZ001 - in the desk's time zone, which is told later
        ("2026-12-01 9:30", datetime(2026, 12, 1, 9, 30)),  # noqa: DTZ001 - the same
        ("2026-12-01T17:05", datetime(2026, 12, 1, 17, 5)),  # noqa: DTZ001 - the same
        ("", None),
        ("0d", None),
        ("soon", None),
        ("2026-13-01", None),
        ("2026-12-01 25:00", None),
        ("12345d", None),
    ],
)
def test_what_agents_write(written: str, wanted: Wanted | None) -> None:
    """Spans, dates with and without a time, and nothing else."""
    assert read_snooze(written) == wanted


@given(st.text(max_size=40))
def test_any_text_is_read(written: str) -> None:
    """Whatever stands there, it is a time or it is none."""
    assert read_snooze(written) is None or isinstance(read_snooze(written), timedelta | datetime)


def test_a_date_is_one_of_the_desk() -> None:
    """Half past nine is half past nine where the desk is; a span begins now; zero means awake."""
    assert until(datetime(2026, 12, 1, 9, 30), NOW, WARSAW) == datetime(2026, 12, 1, 8, 30, tzinfo=UTC)  # noqa: DTZ001
    assert until(timedelta(hours=4), NOW, WARSAW) == NOW + timedelta(hours=4)
    assert until(AWAKE, NOW, WARSAW) is None


def test_what_would_never_end_or_is_over_is_refused() -> None:
    """The agent is told, and the ticket stays as it is."""
    assert "over" in against_snooze(NOW.replace(tzinfo=None) - timedelta(days=1), NOW, UTC)
    assert "at most" in against_snooze(LONGEST + timedelta(days=1), NOW, UTC)
    assert against_snooze(timedelta(days=2), NOW, UTC) == against_snooze(None, NOW, UTC) == ""
    assert against_snooze(AWAKE, NOW, UTC) == ""
