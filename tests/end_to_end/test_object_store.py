"""Mails, files and letters that are kept in a bucket of an object store."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgateway.cli.examinations import Finding, examine
from mailgateway.config.load import load
from tests.end_to_end.daemon import Daemon
from tests.end_to_end.office import Office, answer, message, to
from tests.servers.object_store import KEY, SECRET, S3Server

PROMISED = 10.0
CARLA, ANNA = "carla@customer.example", "anna@example.com"
PICTURE = bytes(range(256)) * 40


def kept_in(office: Office, s3: S3Server, bucket: str, patience: str = "10s") -> None:
    """Let a desk keep its blobs in a bucket from now on."""
    (office.configuration.parent / "secret-key").write_text(f"{SECRET}\n")
    keys = "access_key: {env: OFFICE_S3_KEY}, secret_key: {file: secret-key}"
    at = f"blobs: s3://{bucket}/desk\ns3: {{endpoint: {s3.url}, region: us-east-1, {keys}, timeout: {patience}}}"
    office.reconfigure(f"blobs: file://{office.configuration.parent}/blobs", at)


def blob_store(office: Office) -> Finding:
    """Return what doctor finds of the blob store."""
    [found] = [one for one in examine(load(office.configuration)) if one.what == "blob store"]
    return found


@pytest.fixture
def bucket(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give an empty bucket, and say who may use it."""
    monkeypatch.setenv("OFFICE_S3_KEY", KEY)
    yield s3.make_bucket()
    s3.thaw()


def test_a_file_comes_and_goes_through_a_bucket(office: Office, s3: S3Server, bucket: str, tmp_path: Path) -> None:
    """A mail with a file is filed, an agent sends another back, and not a byte of it lies on this disk."""
    kept_in(office, s3, bucket)
    mail = message(CARLA, "Only stripes", "See the picture.")
    mail.add_attachment(PICTURE, maintype="image", subtype="png", filename="stripes.png")
    office.write(mail)
    letters = office.round()
    assert to(letters, CARLA)
    [notice] = to(letters, ANNA)
    reply = answer(notice, ANNA, "Here is the manual.")
    reply.add_attachment(PICTURE[::-1], maintype="application", subtype="pdf", filename="manual.pdf")
    office.write(reply)
    [sent] = to(office.round(), CARLA)
    assert [one.content for one in sent.mail.attachments] == [PICTURE[::-1]]
    sheet = office.ticket(office.numbers()[0])
    stored = [file for one in sheet.articles for file in one.article.attachments]
    assert [office.gateway.store.blobs.get(file.sha256) for file in stored] == [PICTURE, PICTURE[::-1]]
    assert len(s3.keys(bucket)) >= 4
    assert all(key.startswith("desk/") for key in s3.keys(bucket))
    assert not list(tmp_path.rglob("*.z"))


def test_mail_waits_while_the_store_is_away(small_office: Office, s3: S3Server, bucket: str) -> None:
    """It hangs under the running daemon: what comes meanwhile is filed once and answered once when it is back."""
    kept_in(small_office, s3, bucket, patience="1s")
    with Daemon(small_office.configuration) as daemon:
        small_office.write(message(CARLA, "Before", "Text"))
        small_office.sink.wait_for(2)
        daemon.wait_for("deliver.sent", 2)
        s3.freeze()
        small_office.write(message("dora@customer.example", "Meanwhile", "Text"))
        assert "no answer in time" in str(daemon.wait_for("worker.unavailable")["why"])
        s3.thaw()
        small_office.sink.wait_for(4, timeout=60)
        assert daemon.end() == 0
    small_office.reopen()
    small_office.round()
    assert len(small_office.numbers()) == 2
    assert len(small_office.sink.received) == 4


def test_a_missing_bucket_is_told_and_loses_nothing(small_office: Office, s3: S3Server, bucket: str) -> None:
    """Mail stays where it is until somebody makes it."""
    kept_in(small_office, s3, f"{bucket}-of-tomorrow")
    with Daemon(small_office.configuration) as daemon:
        small_office.write(message(CARLA, "Patience", "Text"))
        assert "there is no such bucket: make it" in str(daemon.wait_for("worker.unavailable")["why"])
        s3.make_bucket(f"{bucket}-of-tomorrow")
        small_office.sink.wait_for(2, timeout=60)
        assert daemon.end() == 0
    small_office.reopen()
    assert len(small_office.numbers()) == 1


def test_doctor_tries_the_bucket_and_leaves_nothing_there(small_office: Office, s3: S3Server, bucket: str) -> None:
    """It writes, reads and removes; where there is no bucket, it says so."""
    kept_in(small_office, s3, bucket)
    assert blob_store(small_office).is_well
    assert s3.keys(bucket) == []
    small_office.reconfigure(f"s3://{bucket}/desk", "s3://nowhere/desk")
    assert "there is no such bucket: make it" in blob_store(small_office).detail


def test_no_secret_of_the_bucket_is_told(small_office: Office, s3: S3Server, bucket: str) -> None:
    """Neither the settings nor the store show them."""
    kept_in(small_office, s3, bucket)
    settings = load(small_office.configuration)
    assert SECRET not in f"{settings!r} {settings.blobs_at()!r} {small_office.gateway.store.blobs!r}"


def test_it_leaves_in_time_while_the_store_hangs(small_office: Office, s3: S3Server, bucket: str) -> None:
    """A worker that waits for the store keeps nobody waiting; what it was about is filed at the next start."""
    kept_in(small_office, s3, bucket, patience="60s")
    with Daemon(small_office.configuration) as daemon:
        daemon.wait_for("mailbox.connected")
        s3.freeze()
        for number in range(3):
            small_office.write(message(CARLA, f"Matter {number}", f"Text {number}"))
        s3.wait_until_asked()
        began = time.monotonic()
        assert daemon.end() == 0
        assert time.monotonic() - began < PROMISED
    s3.thaw()
    small_office.reopen()
    small_office.round()
    assert len(small_office.numbers()) == 3
