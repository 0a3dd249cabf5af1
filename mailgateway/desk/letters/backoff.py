"""How long to wait before a server that failed is tried again."""

from datetime import timedelta

FIRST = timedelta(seconds=1)
LONGEST = timedelta(minutes=5)
FIRST_AFTER_REFUSAL = timedelta(minutes=1)
LONGEST_AFTER_REFUSAL = timedelta(minutes=30)
_MOST_DOUBLINGS = 20


def pause(failures: int, jitter: float, *, refused: bool) -> timedelta:
    """Return the wait after `failures` failures in a row: doubled each time up to a cap, then spread by half.

    `jitter` is a random number in [0, 1). A refused log-in (`refused`) waits minutes: asking again soon would only get
    the account locked.
    """
    first, longest = (FIRST_AFTER_REFUSAL, LONGEST_AFTER_REFUSAL) if refused else (FIRST, LONGEST)
    doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
    return min(first * (1 << doublings), longest) * (0.5 + jitter / 2)
