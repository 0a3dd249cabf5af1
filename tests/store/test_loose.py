"""Blobs go when nothing names them, and never from under a row that is about to name them."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from mailgateway.desk.model import StoredFile
from mailgateway.errors import StoreBusy
from mailgateway.store.blobs import Blobs
from mailgateway.store.engine import Store, open_store
from mailgateway.store.incoming import spool
from mailgateway.store.loose import hold, let_go, sweep, sweep_all
from mailgateway.store.tables.tickets import AttachmentRow, SpoolRow
from mailgateway.store.tickets.apply import apply
from tests.servers.object_store import S3Server
from tests.store.conftest import Opener
from tests.store.examples import NOW, arrival, article, opening, raw_mail, spool_one

RAW = raw_mail("same@customer.example")
DIGEST = sha256(RAW).hexdigest()


def forget(store: Store, spool_id: int) -> None:
    """Let a mail of the spool name its bytes no longer."""
    with store.writing() as tx:
        tx.connection.execute(update(SpoolRow).where(SpoolRow.id == spool_id).values(sha256=""))
        let_go(tx, [DIGEST])


def open_with(store: Store, file: StoredFile) -> int | None:
    """Open a ticket by an article with a file."""
    with store.writing() as tx:
        return apply(tx, opening(first=article(attachments=(file,))), None)


def test_a_blob_goes_when_its_last_row_lets_go(store: Store) -> None:
    """Two mails of the same bytes: after the first it stays, after the second it is gone."""
    first, second = spool_one(store, arrival(1, RAW)), spool_one(store, arrival(2, RAW))
    forget(store, first)
    assert sweep_all(store, NOW) == 0
    assert store.blobs.get(DIGEST) == RAW
    forget(store, second)
    assert sweep_all(store, NOW) == 1
    assert not store.blobs.has(DIGEST)
    assert sweep_all(store, NOW) == 0


def test_an_attachment_of_the_same_bytes_keeps_a_mails_blob(store: Store) -> None:
    """A mail that is attached to a ticket as a file shares its blob with the spool."""
    spooled = spool_one(store, arrival(1, RAW))
    file = StoredFile("mail.eml", "message/rfc822", len(RAW), DIGEST, inline=False, content_id=None)
    open_with(store, file)
    forget(store, spooled)
    assert sweep_all(store, NOW) == 0
    with store.writing() as tx:
        let_go(tx, tx.connection.execute(delete(AttachmentRow).returning(AttachmentRow.sha256)).scalars().all())
    assert sweep_all(store, NOW) == 1


def test_a_damaged_blob_that_is_still_named_stays(store: Store, tmp_path: Path) -> None:
    """Whoever mends it from a backup finds what names it, and what is left of it."""
    spooled = spool_one(store, arrival(1, RAW))
    open_with(store, StoredFile("mail.eml", "message/rfc822", len(RAW), DIGEST, inline=False, content_id=None))
    forget(store, spooled)
    (kept,) = (file for file in tmp_path.rglob(f"{DIGEST}*") if file.is_file())
    kept.chmod(0o600)
    kept.write_bytes(b"damaged")
    assert sweep_all(store, NOW) == 0
    assert store.blobs.has(DIGEST)


def test_a_mail_whose_blob_went_between_putting_and_naming_it_puts_it_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes arrive at the very moment when they are removed: the mail is whole all the same."""
    forget(store, spool_one(store, arrival(1, RAW)))
    put = Blobs.put

    def put_and_lose(blobs: Blobs, raw: bytes) -> str:
        digest = put(blobs, raw)
        monkeypatch.undo()
        assert sweep_all(store, NOW) == 1
        return digest

    monkeypatch.setattr(Blobs, "put", put_and_lose)
    again = spool_one(store, arrival(2, RAW))
    with store.reading() as tx:
        assert spool.raw(tx, again) == RAW


def test_a_file_whose_blob_went_is_put_again_by_who_tries_again(store: Store) -> None:
    """An article cannot put its file itself: it says that somebody was faster, and the second time it is there."""
    digest = store.blobs.put(b"picture")
    with store.writing() as tx:
        let_go(tx, [digest])
    assert sweep(store, NOW).removed == 1
    file = StoredFile("a.png", "image/png", 7, digest, inline=False, content_id=None)
    with pytest.raises(StoreBusy):
        open_with(store, file)
    store.blobs.put(b"picture")
    assert open_with(store, file)


def test_who_names_a_blob_and_has_not_committed_keeps_it(postgres_opener: Opener) -> None:
    """The row cannot be seen yet, but its writer holds the blob: who sweeps leaves it for later, and never waits."""
    store, other = postgres_opener(), postgres_opener()
    forget(store, spool_one(store, arrival(1, RAW)))
    with store.writing() as tx:
        (again,) = spool.put(tx, [arrival(2, RAW)], NOW)
        assert sweep(other, NOW).looked_at == 0
    assert sweep(other, NOW).removed == 0
    with store.reading() as tx:
        assert spool.raw(tx, again) == RAW


def test_who_lets_go_while_another_names_it_does_not_take_it_away(postgres_opener: Opener) -> None:
    """The one holds the blob before the other lets go: after both have committed it is there."""
    store, other = postgres_opener(), postgres_opener()
    first = spool_one(store, arrival(1, RAW))
    with store.writing() as tx:
        assert hold(tx, [DIGEST]) == frozenset()
        forget(other, first)
        assert sweep(other, NOW).looked_at == 0
        (again,) = spool.put(tx, [arrival(2, RAW)], NOW)
    sweep_all(other, NOW)
    with store.reading() as tx:
        assert spool.raw(tx, again) == RAW


def test_that_a_blob_went_is_remembered_for_a_day(store: Store) -> None:
    """Then it is forgotten, and nothing more is known of it."""
    for raw in (b"one", b"two"):
        with store.writing() as tx:
            let_go(tx, [store.blobs.put(raw)])
    sweep(store, NOW, most=1)
    sweep(store, NOW + timedelta(days=2), most=1)
    with store.writing() as tx:
        one, two = (sha256(raw).hexdigest() for raw in (b"one", b"two"))
        assert len(hold(tx, [one, two])) == 1


def test_a_lost_blob_holds_nothing_up(store: Store) -> None:
    """One that is missing already is gone like any other."""
    with store.writing() as tx:
        let_go(tx, ["0" * 64, None, ""])
    assert sweep_all(store, NOW) == 1


@pytest.fixture
def with_bucket(database: str, s3: S3Server) -> Iterator[Store]:
    """Give a store whose blobs are kept in a bucket."""
    store = open_store(database, s3.at(s3.make_bucket(), timeout=3))
    yield store
    store.close()


def test_a_blob_goes_from_a_bucket(with_bucket: Store) -> None:
    """It is removed there as from a folder, and stays for as long as a row names it."""
    store = with_bucket
    first, second = spool_one(store, arrival(1, RAW)), spool_one(store, arrival(2, RAW))
    forget(store, first)
    assert sweep_all(store, NOW) == 0
    forget(store, second)
    assert sweep_all(store, NOW) == 1
    assert not store.blobs.has(DIGEST)


def test_a_bucket_that_is_away_is_swept_when_it_is_back(with_bucket: Store, s3: S3Server) -> None:
    """Nothing is forgotten meanwhile."""
    store = with_bucket
    forget(store, spool_one(store, arrival(1, RAW)))
    s3.freeze()
    try:
        with pytest.raises(StoreBusy):
            sweep_all(store, NOW)
    finally:
        s3.thaw()
    assert sweep_all(store, NOW) == 1
    assert not store.blobs.has(DIGEST)
