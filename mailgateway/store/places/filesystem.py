"""Any file system that fsspec knows, but the local disk and S3, which have homes of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mailgateway.errors import BlobsAway, StoreUnusable

_UNUSABLE = (PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError, FileNotFoundError)


class FileSystem:
    """Files of an fsspec file system. That its writing is whole or not at all is its own promise."""

    def __init__(self, url: str) -> None:
        """Open it; raises StoreUnusable where the address is none, or a package is missing."""
        # most keep blobs on the local disk, and should not wait for what serves the others
        from fsspec.core import url_to_fs  # noqa: PLC0415

        scheme = url.partition(":")[0][:20]
        self._files: Any
        try:
            self._files, root = url_to_fs(url)
        except ImportError as error:  # fsspec says here which package it needs
            problem = f"{scheme}: needs a package that is not there: {error}; pip installs it beside mailgateway"
            raise StoreUnusable(f"blobs: {problem}") from None
        except (ValueError, TypeError):
            raise StoreUnusable(f"blobs: no place to keep them at {scheme}:; write file:///FOLDER") from None
        self._root = root.rstrip("/")

    def write(self, path: str, content: bytes) -> None:
        """Keep the bytes."""
        with self._translated():
            self._files.pipe_file(f"{self._root}/{path}", content)

    def read(self, path: str) -> bytes:
        """Return the bytes."""
        with self._translated(may_be_missing=True):
            content: bytes = self._files.cat_file(f"{self._root}/{path}")
            return content

    def has(self, path: str) -> bool:
        """Tell whether there are bytes."""
        with self._translated():
            return bool(self._files.exists(f"{self._root}/{path}"))

    def remove(self, path: str) -> None:
        """Let the bytes go."""
        with self._translated():
            if self._files.exists(f"{self._root}/{path}"):
                self._files.rm_file(f"{self._root}/{path}")

    @contextmanager
    def _translated(self, *, may_be_missing: bool = False) -> Iterator[None]:
        try:
            yield
        except _UNUSABLE as error:
            if may_be_missing and isinstance(error, FileNotFoundError):
                raise
            words = f"{self._root} cannot be used: {error.strerror or type(error).__name__}"
            raise StoreUnusable(f"blobs: {words}; check its address and who may use it") from None
        except OSError as error:
            raise BlobsAway(f"blobs: {self._root}: {error.strerror or type(error).__name__}") from None
        except Exception as error:  # noqa: BLE001 - each has errors of its own, and no mail is to blame for them
            raise BlobsAway(f"blobs: {self._root}: {type(error).__name__}") from None
