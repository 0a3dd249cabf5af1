"""Bytes kept under their own digest, compressed, on the local disk or in any object store that fsspec knows."""

import zlib
from collections.abc import Sequence
from hashlib import sha256

from mailgateway.accounts.object_store import ObjectStore
from mailgateway.errors import PermanentError
from mailgateway.store.packing import packed
from mailgateway.store.places.bucket import Bucket
from mailgateway.store.places.filesystem import FileSystem
from mailgateway.store.places.folder import Folder, folder_of
from mailgateway.store.places.place import Place
from mailgateway.store.side_by_side import side_by_side


class Blobs:
    """A content-addressed store: `ab/<sha256>.z` below its root. Threads may share it."""

    def __init__(self, at: str | ObjectStore) -> None:
        """Open the store at a folder, an fsspec address, or a bucket; raises StoreUnusable where it is none."""
        self._place = _place(at)

    def put(self, raw: bytes) -> str:
        """Keep the bytes and return their SHA-256 in hexadecimal; what is there already is not written again.

        Durable on return. Raises StoreBusy or StoreUnusable.
        """
        digest = sha256(raw).hexdigest()
        path = _path(digest)
        if not self._place.has(path):
            self._place.write(path, packed(raw))
        return digest

    def put_all(self, raws: Sequence[bytes]) -> list[str]:
        """Put several side by side, and return their digests: to sync a disk or ask a server is mostly waiting."""
        return side_by_side(self.put, raws)

    def get(self, digest: str) -> bytes:
        """Return the bytes kept under a digest; raises PermanentError where they are missing or not the same."""
        if not digest:
            raise PermanentError("there is no digest: the bytes were erased, or their time was over")
        try:
            raw = zlib.decompress(self._place.read(_path(digest)))
        except FileNotFoundError:
            raise PermanentError(f"blob {digest} is missing") from None
        except zlib.error:
            raise PermanentError(f"blob {digest} is damaged") from None
        if sha256(raw).hexdigest() != digest:
            raise PermanentError(f"blob {digest} is damaged")
        return raw

    def has(self, digest: str) -> bool:
        """Tell whether bytes are kept under a digest. Raises StoreBusy or StoreUnusable."""
        return self._place.has(_path(digest))

    def remove(self, digest: str) -> None:
        """Remove the bytes kept under a digest, where there are any. Raises StoreBusy or StoreUnusable."""
        self._place.remove(_path(digest))

    def remove_all(self, digests: Sequence[str]) -> None:
        """Remove several side by side."""
        side_by_side(self.remove, digests)


def _place(at: str | ObjectStore) -> Place:
    if isinstance(at, ObjectStore):
        return Bucket(at)
    folder = folder_of(at)
    if folder is not None:
        return Folder(folder)
    return Bucket(ObjectStore(at)) if at.startswith("s3://") else FileSystem(at)


def _path(digest: str) -> str:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise PermanentError("not the digest of a blob")
    return f"{digest[:2]}/{digest}.z"
