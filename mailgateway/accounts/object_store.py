"""An object store that speaks S3 as settings: where its server is, who asks, how long to wait."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

PATIENCE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks: the id of an access key, and its secret. Both are asked for when the store is opened."""

    access_key: Callable[[], str] = field(repr=False)
    secret_key: Callable[[], str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A bucket, and a folder in it (`s3://BUCKET/FOLDER`), at the server `endpoint`, or at Amazon's without one.

    Without a `login` the usual places of AWS are looked into: its variables, files and roles. `timeout` is for a
    connection and for every silence. `ca_file` names a PEM file of the authorities to trust instead of the system's.
    """

    url: str
    endpoint: str | None = None
    region: str | None = None
    login: Login | None = None
    timeout: timedelta = PATIENCE
    ca_file: str | None = None
