"""What others on this host can read and should not: the database and the mails."""

import stat
from collections.abc import Iterator
from pathlib import Path

from mailgateway.config.settings import Settings
from mailgateway.errors import ConfigError, Finding

_SQLITE = "sqlite:///"


def exposed(settings: Settings) -> tuple[Finding, ...]:
    """Return a finding for each place of mails that every user of this host can get to and read, with its mend."""
    return tuple(
        Finding(str(settings.path), 0, 0, f"everybody on this host may read {path}: run `chmod o= {path}`")
        for path in _kept(settings)
        if _is_open(path)
    )


def _kept(settings: Settings) -> Iterator[Path]:
    """Give the places of the database and of the blobs, where they are on this host."""
    try:
        database = settings.database_url()
    except ConfigError:  # another finding's matter
        database = ""
    if database.startswith(_SQLITE):
        yield Path(database.removeprefix(_SQLITE))
    if "://" not in settings.blobs:
        yield Path(settings.blobs)


def _is_open(path: Path) -> bool:
    """Tell whether others may read a file or look into a folder, and get to it at all."""
    try:
        whole = path.resolve(strict=True)
        is_readable = whole.stat().st_mode & (stat.S_IROTH | (stat.S_IXOTH if whole.is_dir() else 0))
        return bool(is_readable) and all(folder.stat().st_mode & stat.S_IXOTH for folder in whole.parents)
    except OSError:
        return False
