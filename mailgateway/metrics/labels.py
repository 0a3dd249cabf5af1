"""Labels with a bounded number of values: each makes a series of its own, which a server of metrics keeps for weeks."""

import threading

MOST_VALUES = 200
OTHER = "(other)"


class Bounded:
    """The values of one label: the first two hundred, and one for all that follow."""

    def __init__(self, most: int = MOST_VALUES) -> None:
        """Know no value yet."""
        self._most = most
        self._known: set[str] = set()
        self._guard = threading.Lock()

    def __call__(self, value: str) -> str:
        """Return the value itself, or the one for all others."""
        with self._guard:
            if value not in self._known:
                if len(self._known) >= self._most:
                    return OTHER
                self._known.add(value)
        return value
