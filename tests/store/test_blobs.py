"""Blobs: bytes under their own digest, whole or not at all."""

import stat
import zlib
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.errors import PermanentError, StoreUnusable
from mailgateway.store.blobs import Blobs


@pytest.fixture(params=["file", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Give a blob store on the local disk and one in another file system of fsspec."""
    return Blobs(f"{request.param}://{tmp_path}/blobs")


def test_bytes_come_back_by_their_digest(blobs: Blobs) -> None:
    """What was put is got again; its name is its SHA-256."""
    assert blobs.put(b"hello") == sha256(b"hello").hexdigest()
    assert blobs.get(sha256(b"hello").hexdigest()) == b"hello"


@given(st.binary(max_size=2000))
def test_any_bytes_come_back(raw: bytes) -> None:
    """No bytes are special, none at all included."""
    blobs = Blobs("memory://any")
    assert blobs.get(blobs.put(raw)) == raw


def test_what_is_missing_is_a_permanent_error(blobs: Blobs) -> None:
    """A digest that nobody put is said to be missing."""
    with pytest.raises(PermanentError, match="missing"):
        blobs.get("0" * 64)


@pytest.mark.parametrize("digest", ["", "..", "../../etc/passwd", "A" * 64, "0" * 63 + "/"])
def test_only_digests_are_looked_up(blobs: Blobs, digest: str) -> None:
    """Nothing that is no digest ever becomes a path."""
    with pytest.raises(PermanentError, match="digest"):
        blobs.get(digest)


@pytest.mark.parametrize("damage", [b"", b"x", zlib.compress(b"something else")])
def test_damage_is_noticed(tmp_path: Path, damage: bytes) -> None:
    """Other bytes than were put are an error, never an answer."""
    blobs = Blobs(f"file://{tmp_path}")
    digest = blobs.put(b"hello")
    (tmp_path / digest[:2] / f"{digest}.z").write_bytes(damage)
    with pytest.raises(PermanentError, match="damaged"):
        blobs.get(digest)


def test_files_are_private_compressed_and_nothing_is_left_beside(tmp_path: Path) -> None:
    """One file, for its owner alone, smaller than what it holds."""
    digest = Blobs(f"file://{tmp_path}/blobs").put(b"a" * 10_000)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [tmp_path / "blobs" / digest[:2] / f"{digest}.z"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700
    assert files[0].stat().st_size < 200


def test_what_is_there_is_not_written_again(tmp_path: Path) -> None:
    """Putting the same bytes again leaves the file as it is."""
    blobs = Blobs(f"file://{tmp_path}")
    digest = blobs.put(b"hello")
    file = tmp_path / digest[:2] / f"{digest}.z"
    before = file.stat()
    assert blobs.put(b"hello") == digest
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_place_that_cannot_hold_blobs_is_said_so(tmp_path: Path) -> None:
    """A file where the folder should be needs a person."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreUnusable, match=r"taken cannot be used: .*; name a place"):
        Blobs(f"file://{tmp_path}/taken").put(b"hello")
    with pytest.raises(StoreUnusable, match="/proc/blobs cannot be used"):
        Blobs("/proc/blobs").put(b"hello")
