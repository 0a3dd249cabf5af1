"""Blobs in a bucket: what goes wrong there is told apart, and nobody waits for ever."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest

from mailgateway.accounts.object_store import ObjectStore
from mailgateway.errors import GatewayError, StoreBusy, StoreUnusable
from mailgateway.store.blobs import Blobs
from tests.servers.object_store import S3Server
from tests.servers.process import free_port
from tests.servers.refusing_store import RefusingStore

NOBODYS = "0" * 64


def calls(blobs: Blobs) -> list[Callable[[], object]]:
    """Return everything that may be asked of a store."""
    return [
        lambda: blobs.put(b"hello"),
        lambda: blobs.get(NOBODYS),
        lambda: blobs.has(NOBODYS),
        lambda: blobs.remove(NOBODYS),
    ]


def test_what_is_there_is_not_sent_again(s3: S3Server) -> None:
    """The second time only the head of the object is asked for."""
    bucket = s3.make_bucket()
    Blobs(s3.at(bucket)).put(b"hello")
    before = len(s3.requests())
    Blobs(s3.at(bucket)).put(b"hello")
    digest = sha256(b"hello").hexdigest()
    assert s3.keys(bucket) == [f"mail/{digest[:2]}/{digest}.z"]
    assert s3.requests()[before:][0] == f"HEAD /{bucket}/mail/{digest[:2]}/{digest}.z"
    assert not any(line.startswith("PUT") for line in s3.requests()[before:])


def test_a_large_blob_is_one_upload(s3: S3Server) -> None:
    """There are no parts that a crash could leave behind: it is there whole, or not at all."""
    blobs = Blobs(s3.at(s3.make_bucket()))
    before = len(s3.requests())
    raw = Random(1).randbytes(12_000_000)
    digest = blobs.put(raw)
    assert [line.partition(" ")[0] for line in s3.requests()[before:]] == ["HEAD", "PUT"]
    assert blobs.get(digest) == raw


def test_a_bucket_that_is_missing_needs_a_person(s3: S3Server) -> None:
    """No mail is given up for it, neither when its bytes are written nor when they are read."""
    put, get, _, remove = calls(Blobs(s3.at("nowhere")))
    for call in (put, get, remove):
        with pytest.raises(StoreUnusable, match=r"s3://nowhere at 127.0.0.1:\d+: there is no such bucket: make it"):
            call()


def test_a_server_that_is_away_is_tried_again_later(s3: S3Server) -> None:
    """Nobody listens."""
    away = replace(s3.at("bucket"), endpoint=f"http://127.0.0.1:{free_port()}")
    for call in calls(Blobs(away)):
        with pytest.raises(StoreBusy, match=r"s3://bucket at 127.0.0.1:\d+: no connection"):
            call()


def test_a_server_that_hangs_is_waited_for_so_long_and_no_longer(s3: S3Server) -> None:
    """It takes connections and says nothing: two tries of a second each; afterwards the same store works again."""
    blobs = Blobs(s3.at(s3.make_bucket(), timeout=1))
    digest = blobs.put(b"hello")
    s3.freeze()
    try:
        began = time.monotonic()
        with pytest.raises(StoreBusy, match="no answer in time"):
            blobs.get(digest)
        assert time.monotonic() - began < 10
    finally:
        s3.thaw()
    assert blobs.get(digest) == b"hello"


@pytest.mark.parametrize(
    ("status", "code", "kind", "said"),
    [
        (403, "AccessDenied", StoreUnusable, r"access refused: it needs s3:GetObject"),
        (403, "SignatureDoesNotMatch", StoreUnusable, r"secret key is not that of the access key"),
        (403, "InvalidAccessKeyId", StoreUnusable, r"access key is not known: check access_key"),
        (403, "RequestTimeTooSkewed", StoreUnusable, r"clocks differ"),
        (404, "", StoreUnusable, r"no S3 is spoken there"),
        (405, "MethodNotAllowed", StoreUnusable, "no S3 is spoken there"),
        (400, "AuthorizationHeaderMalformed", StoreUnusable, r"in another region"),
        (500, "InternalError", StoreBusy, r"InternalError|500"),
        (503, "SlowDown", StoreBusy, r"SlowDown|503"),
        (507, "XMinioStorageFull", StoreBusy, r"XMinioStorageFull|507"),
    ],
)
def test_each_refusal_is_a_thing_to_wait_for_or_a_thing_to_mend(
    s3: S3Server, status: int, code: str, kind: type[GatewayError], said: str
) -> None:
    """What a person has to change says what; nothing of what the server wrote is repeated but its code."""
    with RefusingStore(status, code) as store:
        put, get, _, _ = calls(Blobs(replace(s3.at("bucket"), endpoint=store.url)))
        for call in (get, put) if status != 404 else (get,):
            with pytest.raises(kind, match=said) as refused:
                call()
            assert "a-secret-key" not in str(refused.value)


def test_without_a_key_it_says_where_one_goes(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the configuration nor AWS's own places name one."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StoreUnusable, match=r"write access_key and secret_key at s3: in gateway.yaml"):
        Blobs(replace(s3.at("bucket"), login=None)).put(b"hello")


def test_the_environment_may_say_everything(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's own variables do, and the address alone."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3.url)
    blobs = Blobs(f"s3://{s3.make_bucket()}")
    assert blobs.get(blobs.put(b"hello")) == b"hello"


def test_what_cannot_be_an_address_is_no_mails_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's variables are not checked by anybody before they are used."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "minio:9000:x")
    with pytest.raises(StoreBusy, match="ValueError"):
        Blobs("s3://bucket").get(NOBODYS)


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes s3:// and has no s3fs is told what to install."""
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(StoreUnusable, match=r"install mailgateway\[s3\]"):
        Blobs(ObjectStore("s3://bucket"))


def test_nothing_of_it_is_loaded_for_a_folder() -> None:
    """Who keeps blobs on the local disk does not wait for what serves the others."""
    assert is_loaded("/tmp", "fsspec") == "False\n"


def test_nothing_of_it_is_loaded_before_a_blob_is_asked_for() -> None:
    """Commands that ask none answer as quickly as with a folder."""
    assert is_loaded("s3://bucket", "botocore") == "False\n"


def is_loaded(address: str, package: str) -> str:
    """Return what a new process says of a package after it has opened a store."""
    asked = (
        f"import sys; from mailgateway.store.blobs import Blobs; Blobs('{address}'); print('{package}' in sys.modules)"
    )
    return subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
