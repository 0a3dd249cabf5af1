"""Looks at what waits for whoever asks, seldom and never for long: a database that hangs holds up one thread."""

import threading
import time
from collections.abc import Callable

from mailgateway import log
from mailgateway.errors import GatewayError
from mailgateway.store.depths import Depths

FRESH_SECONDS = 5.0
"""For so long one look serves all who ask, also one that found nobody."""

PATIENCE_SECONDS = 3.0

_log = log.logger("metrics")


class Lookout:
    """One look at a time, in a thread that the end of the process does not wait for."""

    def __init__(self, ask: Callable[[], Depths]) -> None:
        """Take what asks the database."""
        self._ask = ask
        self._guard = threading.Lock()
        self._looking: threading.Thread | None = None
        self._found: Depths | None = None
        self._found_at = float("-inf")

    def depths(self) -> Depths | None:
        """Return what waits, a few seconds old at most; None where the database does not answer in time."""
        with self._guard:
            if self._is_fresh():
                return self._found
            if self._looking is None or not self._looking.is_alive():
                self._looking = threading.Thread(target=self._look, name="lookout", daemon=True)
                self._looking.start()
            looking = self._looking
        looking.join(PATIENCE_SECONDS)
        return self._found if self._is_fresh() else None

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._found_at < FRESH_SECONDS

    def _look(self) -> None:
        found = None
        try:
            found = self._ask()
        except GatewayError as error:
            _log.warning("metrics.no_answer", why=str(error))
        except Exception as error:  # noqa: BLE001 - who asks is told that there is no answer, and the log tells why
            _log.error("metrics.broken", error=type(error).__name__, exception=log.frames(error))
        self._found, self._found_at = found, time.monotonic()
