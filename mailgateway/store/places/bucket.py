"""A bucket of an object store that speaks S3: Amazon's, MinIO, Ceph and their like."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from mailgateway.accounts.object_store import ObjectStore
from mailgateway.errors import BlobsAway, StoreUnusable

_LONGEST = timedelta(minutes=5)
"""For one call as a whole, however slowly the bytes come."""


_RIGHTS = "it needs s3:GetObject, s3:PutObject, s3:DeleteObject, and s3:ListBucket of the bucket"
_KEYS = "check access_key and secret_key at s3: in gateway.yaml"
_ENDPOINT = "check endpoint: at s3: in gateway.yaml"
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_UNUSABLE = {
    "NoSuchBucket": "there is no such bucket: make it, or write another at blobs: in gateway.yaml",
    "InvalidBucketName": "no bucket can be called so: write another at blobs: in gateway.yaml",
    "AccessDenied": f"access refused: {_RIGHTS}",
    "403": f"access refused: {_RIGHTS}",
    "AllAccessDisabled": "the bucket is closed to everybody",
    "AccountProblem": "the account is closed: ask who runs the store",
    "InvalidAccessKeyId": f"the access key is not known: {_KEYS}",
    "SignatureDoesNotMatch": f"the secret key is not that of the access key: {_KEYS}",
    "ExpiredToken": "the token has run out: renew it where it comes from",
    "InvalidToken": "the token is none: renew it where it comes from",
    "RequestTimeTooSkewed": "the clocks differ too much: set this host's, or the store's, by NTP",
    "PermanentRedirect": "the bucket is in another region: write region: at s3: in gateway.yaml",
    "AuthorizationHeaderMalformed": "the bucket is in another region: write region: at s3: in gateway.yaml",
    "400": f"refused as malformed: {_ENDPOINT}, and region:",
    "301": "the bucket is in another region: write region: at s3: in gateway.yaml",
    "404": f"no S3 is spoken there: {_ENDPOINT}",
    "405": f"no S3 is spoken there: {_ENDPOINT}",
    "MethodNotAllowed": f"no S3 is spoken there: {_ENDPOINT}",
}
_NO_LOGIN = (
    "nobody says who asks: write access_key and secret_key at s3: in gateway.yaml, or set AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY"
)


class Bucket:
    """Objects below a folder of a bucket.

    What serves it is loaded, and connected, when it is first needed: it takes a second, and many commands ask no blob.
    """

    def __init__(self, at: ObjectStore) -> None:
        """Take the settings, and read the secrets; raises StoreUnusable where the package is missing."""
        bucket, _, folder = at.url.removeprefix("s3://").partition("/")
        self._bucket, self._folder = bucket, folder.strip("/")
        self._name = f"blobs: s3://{bucket}" + (f" at {urlsplit(at.endpoint).netloc}" if at.endpoint else "")
        if find_spec("s3fs") is None:
            raise StoreUnusable("blobs: s3: needs a package that is not there: install mailgateway[s3]")
        self._at = at
        self._login = (at.login.access_key(), at.login.secret_key()) if at.login else (None, None)
        self._opening = threading.Lock()
        self._opened: Any = None

    def write(self, path: str, content: bytes) -> None:
        """Upload the bytes in one request, so that a crash leaves no parts behind."""
        self._call("put_object", path, Body=content)

    def read(self, path: str) -> bytes:
        """Download the bytes."""
        return self._download(path)

    def has(self, path: str) -> bool:
        """Ask for the object's head. A bucket that is missing has none: who then writes hears of it."""
        try:
            self._call("head_object", path, missing="404")
        except FileNotFoundError:
            return False
        except StoreUnusable:
            return self._has_at_all(path)
        return True

    def remove(self, path: str) -> None:
        """Delete the object; S3 does not mind where there is none."""
        self._call("delete_object", path)

    @property
    def _files(self) -> Any:
        with self._opening:
            if self._opened is None:
                self._opened = _opened(self._at, *self._login)
        return self._opened

    def _has_at_all(self, path: str) -> bool:
        """Ask in the way that is refused with the reason: the answer to a HEAD has no body."""
        try:
            self._download(path, start=0, end=1)
        except FileNotFoundError:
            return False
        return True

    def _download(self, path: str, **part: int) -> bytes:
        with self._translated("NoSuchKey"):
            place, seconds = f"{self._bucket}/{self._key(path)}", _LONGEST.total_seconds()
            content: bytes = self._files.cat_file(place, timeout=seconds, **part)
            return content

    def _key(self, path: str) -> str:
        return f"{self._folder}/{path}" if self._folder else path

    def _call(self, operation: str, path: str, missing: str | None = None, **more: object) -> None:
        with self._translated(missing):
            seconds = _LONGEST.total_seconds()
            self._files.call_s3(operation, Bucket=self._bucket, Key=self._key(path), timeout=seconds, **more)

    @contextmanager
    def _translated(self, missing: str | None = None) -> Iterator[None]:
        from botocore import exceptions as botocore  # noqa: PLC0415 - it comes with s3fs

        try:
            yield
        except (botocore.NoCredentialsError, botocore.PartialCredentialsError):
            raise StoreUnusable(f"{self._name}: {_NO_LOGIN}") from None
        except (botocore.ConnectTimeoutError, botocore.ReadTimeoutError, TimeoutError):
            raise BlobsAway(f"{self._name}: no answer in time") from None
        except (botocore.ConnectionError, botocore.HTTPClientError):
            raise BlobsAway(f"{self._name}: no connection") from None
        except (OSError, botocore.BotoCoreError) as error:  # what s3fs makes of an answer, or could not make
            code = _code(error)
            if code and code == missing:
                raise FileNotFoundError from None
            if code in _UNUSABLE:
                raise StoreUnusable(f"{self._name}: {_UNUSABLE[code]}") from None
            raise BlobsAway(f"{self._name}: {code or type(error).__name__}") from None
        except Exception as error:  # noqa: BLE001 - such as a variable of AWS's that cannot be: no mail is to blame
            raise BlobsAway(f"{self._name}: {type(error).__name__}") from None


def _code(error: Exception) -> str:
    """Return the code of the answer that is behind an error of s3fs, "" where there was none to be understood."""
    answer = getattr(error.__cause__, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))[:60]


def _opened(at: ObjectStore, access_key: str | None, secret_key: str | None) -> Any:
    """Return the file system of s3fs, which has no types.

    None is shared with anybody, as fsspec would keep its secrets; nothing is remembered of what is in it.
    """
    from s3fs import S3FileSystem  # noqa: PLC0415 - see above

    seconds = at.timeout.total_seconds()
    files = S3FileSystem(
        key=access_key,
        secret=secret_key,
        endpoint_url=at.endpoint,
        client_kwargs={"region_name": at.region, "verify": at.ca_file},
        config_kwargs={
            "connect_timeout": seconds,
            "read_timeout": seconds,
            "retries": {"mode": "standard", "total_max_attempts": 2},
            # many of Amazon's like do not know the newer checksums; a blob's name is its own
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        },
        max_concurrency=1,
        use_listings_cache=False,
        skip_instance_cache=True,
    )
    files.retries = 1  # botocore's suffice; who waits for us has more patience than both
    return files
