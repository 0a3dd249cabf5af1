"""Noticing that somebody changed the configuration, without reading it."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from mailgateway.config.settings import Settings

Fingerprint = tuple[tuple[str, int, int], ...]
"""Name, time of the last change in nanoseconds and size of each file; -1 for one that is not there."""


def fingerprint(settings: Settings) -> Fingerprint:
    """Return what differs as soon as a file of the configuration, an answer, or a template of one's own, is changed."""
    return tuple(_marks((*settings.files, *_within(settings.templates), *_within(settings.knowledge))))


def _within(folder: Path | None) -> list[Path]:
    # both pass over what may not be looked at, and the links that lead nowhere beside what is being edited
    within = os.walk(folder) if folder is not None else ()
    found = (os.path.join(place, name) for place, _, names in within for name in names)  # noqa: PTH118
    return sorted(Path(file) for file in found if os.path.isfile(file))  # noqa: PTH113 - as above


def _marks(paths: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            yield str(path), -1, -1
        else:
            yield str(path), status.st_mtime_ns, status.st_size
