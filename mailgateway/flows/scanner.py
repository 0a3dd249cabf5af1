"""Who looks for viruses, as the flows know it."""

from typing import Protocol

from mailgateway.scan.clamd import Verdict


class Scanner(Protocol):
    """Judges content; may be asked by several threads."""

    def scan(self, content: bytes) -> Verdict:
        """Return the verdict; raises ScannerUnavailable and ScanFailed."""
