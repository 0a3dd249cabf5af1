"""Blobs: bytes under their own digest, whole or not at all."""

import os
import stat
import zlib
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.errors import PermanentError, StoreUnusable
from mailgateway.store.blobs import Blobs
from mailgateway.store.places.folder import Folder
from tests.privileges import IS_ROOT, NOBODY, as_nobody, public_folder
from tests.servers.object_store import S3Server


@pytest.fixture(params=["file", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Give a blob store on the local disk, one in another file system of fsspec, and one in a bucket."""
    if request.param == "s3":
        server: S3Server = request.getfixturevalue("s3")
        return Blobs(server.at(server.make_bucket()))
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


def test_several_are_put_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Digests come in the order of the bytes, the same bytes twice among them; nobody waits for the one before."""
    together = Barrier(2, timeout=30)
    write = Folder.write

    def meet(folder: Folder, path: str, content: bytes) -> None:
        together.wait()
        write(folder, path, content)

    blobs = Blobs(f"file://{tmp_path}/blobs")
    raws = [b"one", b"two"]
    with monkeypatch.context() as patched:
        patched.setattr(Folder, "write", meet)
        assert blobs.put_all(raws) == [sha256(raw).hexdigest() for raw in raws]
    assert blobs.put_all([b"three", b"three", b"one"]) == [
        sha256(raw).hexdigest() for raw in (b"three", b"three", b"one")
    ]
    assert [blobs.get(sha256(raw).hexdigest()) for raw in raws] == raws
    assert blobs.put_all([]) == []


def test_one_of_several_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    """Nothing passes for kept that is not."""
    (tmp_path / "blobs").write_bytes(b"a file where the folder should be")
    with pytest.raises(StoreUnusable):
        Blobs(f"file://{tmp_path}/blobs").put_all([b"one", b"two"])


def test_what_is_removed_is_gone(blobs: Blobs) -> None:
    """Whoever removes it again, or what never was, does no harm."""
    digest = blobs.put(b"hello")
    assert blobs.has(digest)
    for _ in range(2):
        blobs.remove(digest)
        assert not blobs.has(digest)


def test_threads_share_it(blobs: Blobs) -> None:
    """Twenty threads at once put the same and different bytes, and each reads what it put."""
    with ThreadPoolExecutor(20) as threads:
        both = threads.map(lambda n: (n, blobs.get(blobs.put(b"%d" % (n // 2)))), range(40))
        assert all(read == b"%d" % (n // 2) for n, read in both)


def test_what_is_missing_is_a_permanent_error(blobs: Blobs) -> None:
    """A digest that nobody put is said to be missing."""
    blobs.put(b"another")
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


@pytest.mark.skipif(not IS_ROOT, reason="root alone can give files away")
def test_what_root_puts_belongs_to_whose_folder_it_is(tmp_path: Path) -> None:
    """A command that root runs leaves nothing in the way of the service, which is another user."""
    os.chown(tmp_path, NOBODY.pw_uid, NOBODY.pw_gid)
    Blobs(f"file://{tmp_path}/blobs").put(b"hello")
    made = [status.st_uid for path in tmp_path.rglob("*") for status in [path.stat()]]
    assert made == [NOBODY.pw_uid] * 3


def test_the_folder_that_is_another_users_is_named() -> None:
    """One among many may be it: it is told which, and what to do."""
    with public_folder() as folder:
        Blobs(f"file://{folder}").put(b"hello")
        place = folder / sha256(b"hello").hexdigest()[:2]
        place.chmod(0)
        with as_nobody(), pytest.raises(StoreUnusable, match=f"{place} cannot be used: Permission denied; give it to"):
            Blobs(f"file://{folder}").put(b"hello")
        place.chmod(0o700)


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
    with pytest.raises(StoreUnusable, match=r"taken cannot be used: .*; give it to this user, or name"):
        Blobs(f"file://{tmp_path}/taken").put(b"hello")
    with pytest.raises(StoreUnusable, match="/proc/blobs cannot be used"):
        Blobs("/proc/blobs").put(b"hello")


def test_a_folder_that_is_not_there_is_no_missing_blob(tmp_path: Path) -> None:
    """Mails whose disk is not mounted are not given up: they wait for it."""
    blobs = Blobs(f"file://{tmp_path}/blobs")
    digest = blobs.put(b"hello")
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    with pytest.raises(StoreUnusable, match="blobs cannot be used"):
        blobs.get(digest)
    (tmp_path / "elsewhere").rename(tmp_path / "blobs")
    assert blobs.get(digest) == b"hello"
