"""Rates of domains: who goes now, and who waits until when."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.letters.pacing import Due, Gone, Pace, Rate
from mailgateway.desk.letters.urgency import Urgency

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
THREE = Rate(3, MINUTE)


def due(count: int, domain: str = "slow.example", urgency: Urgency = Urgency.NEWS, first: int = 1) -> list[Due]:
    """Return letters that are due."""
    return [Due(first + number, domain, urgency) for number in range(count)]


def test_what_is_beyond_the_rate_gets_times_one_after_the_other() -> None:
    """Three of five leave; the others wait a minute, and 20 seconds more each; later ones stand behind them."""
    pace = Pace({"slow.example": THREE})
    assert pace.waiting(due(5), {}, NOW) == {4: NOW + MINUTE, 5: NOW + 4 * MINUTE / 3}
    assert pace.waiting(due(1), {"slow.example": Gone(3, NOW)}, NOW) == {1: NOW + 5 * MINUTE / 3}


def test_other_domains_are_not_held_up() -> None:
    """A domain without a rate never waits; with `*` each of the others has a rate of its own."""
    pace = Pace({"slow.example": Rate(1, MINUTE)})
    assert pace.waiting(due(9, "fast.example"), {}, NOW) == {}
    every = Pace({"*": Rate(1, MINUTE)})
    assert every.waiting([*due(1, "a.example"), *due(1, "b.example", first=2)], {}, NOW) == {}


def test_an_answer_does_not_stand_in_the_line_of_receipts() -> None:
    """However many receipts wait, an answer gets the next time there is."""
    pace = Pace({"slow.example": THREE})
    pace.waiting(due(100), {}, NOW)
    assert pace.waiting(due(1, urgency=Urgency.ANSWER), {"slow.example": Gone(3, NOW - MINUTE / 2)}, NOW) == {
        1: NOW + MINUTE / 2
    }


@given(st.integers(0, 20), st.integers(0, 30), st.integers(1, 10))
def test_no_more_leave_than_the_rate_allows(gone: int, count: int, rate: int) -> None:
    """Those that leave and those that went are within the rate, unless more went before; nobody is forgotten."""
    pace = Pace({"slow.example": Rate(rate, MINUTE)})
    waiting = pace.waiting(due(count), {"slow.example": Gone(gone)}, NOW)
    assert count - len(waiting) == max(0, min(count, rate - gone))
    assert all(at > NOW for at in waiting.values())
    assert len(set(waiting.values())) == len(waiting)
