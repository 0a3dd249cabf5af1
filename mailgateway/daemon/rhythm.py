"""When a mailbox is looked at again: soon while mail keeps coming, else when its server announces some.

A server gathers its announcements before it tells who waits under IDLE (Dovecot for half a second), which is long for
the second mail of a busy morning. So for as long as it may have kept something back, we ask instead of waiting.
"""

from datetime import timedelta

FIRST = timedelta(milliseconds=12.5)
LAST = timedelta(milliseconds=400)
_SIGN_SECONDS = 1.0


class Rhythm:
    """The looks at a mailbox over one connection."""

    def __init__(self) -> None:
        self._pause = LAST
        self._sign_at = float("-inf")

    def next(self, mails: int) -> timedelta | None:
        """Return how long to pause after a look that found so many mails; None: until the server announces some.

        After mails it is FIRST, and twice as long after each look that found none, up to LAST.
        """
        if mails:
            self._pause = FIRST
            return FIRST
        if self._pause >= LAST:
            return None
        self._pause *= 2
        return self._pause

    def is_sign_due(self, now: float) -> bool:
        """Tell whether to give a sign of life between two looks, as one costs a commit: once a second.

        `now` is the seconds of a clock that never goes back.
        """
        is_due = now - self._sign_at >= _SIGN_SECONDS
        if is_due:
            self._sign_at = now
        return is_due
