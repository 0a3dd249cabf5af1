"""Who looks for viruses, as the flows know it."""

from typing import Protocol

from mailgateway.scan.clamd import Verdict


class Scanner(Protocol):
    """Judges content; may be asked by several threads."""

    def scan(self, content: bytes, until: float) -> Verdict:
        """Return the verdict, by a moment of the monotonic clock; raises ScannerUnavailable and ScanFailed."""
