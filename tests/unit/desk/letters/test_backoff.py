"""How long to wait before a server that failed is tried again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.letters.backoff import LONGEST, LONGEST_AFTER_REFUSAL, pause

jitters = st.floats(min_value=0, max_value=1, exclude_max=True)
failures = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize(
    ("count", "refused", "expected"),
    [(1, False, 1), (2, False, 2), (5, False, 16), (50, False, 300), (1, True, 60), (3, True, 240), (50, True, 1800)],
)
def test_the_pause_doubles_up_to_a_cap(count: int, refused: bool, expected: int) -> None:  # noqa: FBT001 - a column of the table
    """Seconds where the server is away, minutes where it refused the log-in; half of it without luck."""
    assert pause(count, 0.0, refused=refused) == timedelta(seconds=expected) / 2


@given(failures, jitters, st.booleans())
def test_the_pause_stays_within_its_bounds(count: int, jitter: float, refused: bool) -> None:  # noqa: FBT001 - generated
    """However often it failed, the wait is positive and never longer than the cap."""
    longest = LONGEST_AFTER_REFUSAL if refused else LONGEST
    assert timedelta(0) < pause(count, jitter, refused=refused) <= longest


@given(failures, jitters, st.booleans())
def test_the_pause_never_shrinks_with_more_failures(count: int, jitter: float, refused: bool) -> None:  # noqa: FBT001 - generated
    """With the same luck, one failure more never means to come back sooner."""
    assert pause(count, jitter, refused=refused) <= pause(count + 1, jitter, refused=refused)
