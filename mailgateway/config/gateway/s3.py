"""What gateway.yaml may say of the object store that blobs are kept in."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from mailgateway.accounts.object_store import PATIENCE
from mailgateway.config.reading.kinds import Duration, Line, LocalPath, SecretRef, Strict, wrong

_ENDPOINT = re.compile(r"https?://[a-z0-9.:\[\]-]{1,253}/?", re.ASCII | re.IGNORECASE)


def _endpoint(written: str) -> str:
    if not _ENDPOINT.fullmatch(written):
        wrong("this is no server: write its address alone, such as https://minio.example.com:9000")
    return written


_Endpoint = Annotated[str, AfterValidator(_endpoint), WithJsonSchema({"type": "string", "pattern": "^https?://"})]


class S3(Strict):
    """The server of `blobs: s3://BUCKET/FOLDER`, and who asks there; what is left out is looked for as AWS does."""

    endpoint: _Endpoint | None = Field(
        default=None, description="where a server such as MinIO or Ceph listens; without it, Amazon's"
    )
    region: Line | None = Field(default=None, description="where the bucket is, such as eu-central-1")
    access_key: SecretRef | None = Field(default=None, description="the id of an access key, such as {env: NAME}")
    secret_key: SecretRef | None = Field(default=None, description="the secret of that key, such as {file: PATH}")
    timeout: Duration = Field(
        default=PATIENCE, description="how long to wait for a connection, and through every silence"
    )
    ca_file: LocalPath | None = Field(
        default=None, description="a PEM file of the authorities to trust instead of the system's"
    )

    @model_validator(mode="after")
    def _has_a_whole_key(self) -> Self:
        if (self.access_key is None) != (self.secret_key is None):
            missing = "access_key" if self.access_key is None else "secret_key"
            wrong(f"{missing} is missing: a key has both, or leave both out for AWS's own variables, files and roles")
        return self
