"""What happens with every mail is a sign of life now and then: which of them this process gave last."""

from datetime import datetime, timedelta

EVERY = timedelta(seconds=10)


class Signs:
    """Remembers the signs of life that were given, so that nobody asks the database. Threads may share it."""

    def __init__(self) -> None:
        """Begin without any."""
        self._given: dict[str, tuple[bool, datetime]] = {}

    def is_due(self, part: str, now: datetime, *, well: bool) -> bool:
        """Tell whether to give a sign: it would say something else than the last one, or that was a while ago."""
        was_well, at = self._given.get(part, (None, now))
        return was_well is not well or not timedelta(0) <= now - at < EVERY

    def give(self, part: str, now: datetime, *, well: bool) -> None:
        """Remember a sign that was given just now."""
        self._given[part] = (well, now)
