"""A folder on the local disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

from mailgateway.errors import BlobsAway, StoreUnusable
from mailgateway.store.places.private import hand_over, make_folder, sync_folder

_UNUSABLE = (PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError, FileNotFoundError)
_LOCAL = ("file", "local")


def folder_of(url: str) -> Path | None:
    """Return the folder of an address on the local disk, None where it is another kind of address."""
    scheme, separator, place = url.partition("://")
    if "::" in url or (separator and scheme not in _LOCAL):
        return None
    return Path(place if separator else url).expanduser().absolute()


class Folder:
    """Files for their owner alone. A crash leaves each whole, or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, path: str, content: bytes) -> None:
        """Write beside, sync, rename, sync the folder."""
        file = self._root / path
        with self._translated(file.parent):
            make_folder(file.parent)
            handle, beside = mkstemp(prefix=".", dir=file.parent)  # for its owner alone
            try:
                with os.fdopen(handle, "wb") as stream:
                    hand_over(handle, file.parent)
                    stream.write(content)
                    stream.flush()
                    os.fsync(handle)
                Path(beside).replace(file)
            except OSError:
                Path(beside).unlink(missing_ok=True)
                raise
            sync_folder(file.parent)

    def read(self, path: str) -> bytes:
        """Return the bytes; that the folder itself is not there, as when no disk is mounted, is no missing file."""
        file = self._root / path
        with self._translated(file):
            try:
                return file.read_bytes()
            except FileNotFoundError:
                if self._root.is_dir():
                    raise _Missing from None
                raise

    def has(self, path: str) -> bool:
        """Tell whether there is a file, and sync its folder where there is: another may have made it a moment ago."""
        file = self._root / path
        with self._translated(file.parent):
            is_there = file.exists()
            if is_there:
                sync_folder(file.parent)
        return is_there

    def remove(self, path: str) -> None:
        """Remove the file."""
        file = self._root / path
        with self._translated(file.parent):
            file.unlink(missing_ok=True)

    @contextmanager
    def _translated(self, at: Path) -> Iterator[None]:
        try:
            yield
        except _Missing:
            raise FileNotFoundError from None
        except OSError as error:
            # one folder in it may be another user's
            place = at if isinstance(error, PermissionError) else self._root
            words = f"blobs: {place} cannot be used: {error.strerror or type(error).__name__}"
            if not isinstance(error, _UNUSABLE):
                raise BlobsAway(words) from None
            mend = "give it to this user, or name a place that is theirs at blobs: in gateway.yaml"
            raise StoreUnusable(f"{words}; {mend}") from None


class _Missing(Exception):
    """There is no such file in a folder that is there."""
