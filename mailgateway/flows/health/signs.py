"""What happens with every mail is a sign of life now and then: which of them this process gave last."""

from datetime import datetime, timedelta

EVERY = timedelta(seconds=10)


class Signs:
    """Remembers the signs of life that were given, so that nobody asks the database. Threads may share it."""

    def __init__(self) -> None:
        """Begin without any."""
        self._given: dict[str, tuple[bool, datetime]] = {}

    def is_due(self, part: str, now: datetime, *, well: bool) -> bool:
        """Tell whether to give a sign: it would say something else than the last one, or that was a while ago.

        Who is told so gives it.
        """
        was_well, at = self._given.get(part, (None, now))
        if was_well is well and timedelta(0) <= now - at < EVERY:
            return False
        self._given[part] = (well, now)
        return True
