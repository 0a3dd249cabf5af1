"""How long the work on one mail takes, stage by stage, for who counts it."""

from datetime import timedelta

from mailgateway import clock
from mailgateway.flows.health.observer import Observer, Stage


class Stopwatch:
    """Runs from when it is made; each stage ends where the next one begins."""

    def __init__(self, observer: Observer) -> None:
        """Start."""
        self._observer = observer
        self._since = clock.monotonic()

    def lap(self, stage: Stage) -> None:
        """Tell how long a stage took that ends now."""
        now = clock.monotonic()
        self._observer.took(stage, timedelta(seconds=now - self._since))
        self._since = now
