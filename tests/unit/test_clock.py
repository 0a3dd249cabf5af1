"""The time of day: the host's own, until it is kept to another clock."""

from datetime import UTC, datetime, timedelta, timezone

from mailgateway.clock import Clock

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Host:
    """Two clocks: the time of day, and one that nobody sets."""

    def __init__(self) -> None:
        """Begin at noon."""
        self.day, self.passed = NOON, 1000.0
        self.clock = Clock(lambda: self.day, lambda: self.passed)

    def wait(self, seconds: float) -> None:
        """Let time go by on both."""
        self.day += seconds * SECOND
        self.passed += seconds


def test_it_is_the_hosts_own() -> None:
    """Whatever that is set to."""
    host = Host()
    assert host.clock.now() == NOON
    host.day += 60 * SECOND
    assert host.clock.now() == NOON + 60 * SECOND


def test_it_is_kept_to_another_clock_and_goes_on_by_itself() -> None:
    """The other's time goes on between two answers, though the host's clock is set meanwhile."""
    host = Host()
    host.clock.keep_to(NOON + 900 * SECOND, 1000.0, 1000.0)
    assert host.clock.now() == NOON + 900 * SECOND
    host.wait(5)
    host.day -= 3600 * SECOND
    assert host.clock.now() == NOON + 905 * SECOND


def test_an_answer_moves_it_no_further_than_it_is_sure() -> None:
    """It may have been told at any moment between question and answer: what lies between agrees already."""
    host = Host()
    host.clock.keep_to(NOON - 1 * SECOND, 998.0, 1000.0)
    assert host.clock.now() == NOON
    host.clock.keep_to(NOON - 10 * SECOND, 998.0, 1000.0)
    assert host.clock.now() == NOON - 8 * SECOND
    host.clock.keep_to(NOON + 10 * SECOND, 998.0, 1000.0)
    assert host.clock.now() == NOON + 10 * SECOND


def test_it_follows_where_the_other_clock_is_set() -> None:
    """The next answer is what counts."""
    host = Host()
    for ahead in (900, -900, 0):
        host.wait(1)
        host.clock.keep_to(host.day + ahead * SECOND, host.passed, host.passed)
        assert host.clock.now() == host.day + ahead * SECOND


def test_another_zone_is_told_in_utc() -> None:
    """A server may tell its time in a zone of its own."""
    host = Host()
    host.clock.keep_to(NOON.astimezone(timezone(timedelta(hours=2))), 1000.0, 1000.0)
    assert host.clock.now().tzinfo is UTC
    assert host.clock.now() == NOON
