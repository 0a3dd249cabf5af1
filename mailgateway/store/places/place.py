"""What a place has to do for blobs."""

from typing import Protocol


class Place(Protocol):
    """Keeps bytes under paths, whole or not at all. Threads may share it.

    Every method raises StoreBusy where it may succeed later, and StoreUnusable, with the mend, where it will not.
    """

    def write(self, path: str, content: bytes) -> None:
        """Keep the bytes, durable on return."""

    def read(self, path: str) -> bytes:
        """Return the bytes; raises FileNotFoundError where there are none, though the place itself is there."""

    def has(self, path: str) -> bool:
        """Tell whether there are bytes."""

    def remove(self, path: str) -> None:
        """Let the bytes go, where there are any."""
