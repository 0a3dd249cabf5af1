"""What gateway.yaml may say of the files that mails bring."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from mailgateway.config.reading.kinds import Duration, Size, Strict, wrong
from mailgateway.desk.files.policy import PROGRAMS, FilePolicy, policy_of
from mailgateway.rules.text import excerpt

_ENDING = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,99}/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,99})")
_SERVER = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]):([0-9]{1,5})")


def _kind(written: str) -> str:
    plain = written.casefold().removeprefix("*").removeprefix(".")
    if not (_ENDING.fullmatch(plain) or _TYPE.fullmatch(plain)):
        wrong(f"{excerpt(written)} is no kind of file: write an ending (exe), a media type (video/*) or {PROGRAMS}")
    return plain


def _clamd(written: str) -> str:
    if written.startswith("/"):
        return written
    found = _SERVER.fullmatch(written)
    if found is None or not 0 < int(found[1]) < 65_536:
        wrong(f"{excerpt(written)} leads to no clamd: write 127.0.0.1:3310, or its socket, /run/clamav/clamd.ctl")
    return written


FileKind = Annotated[str, AfterValidator(_kind)]
ClamdAddress = Annotated[str, AfterValidator(_clamd)]


class Attachments(Strict):
    """Which files are kept and passed on. What is left out is named, with the reason, and stays in the raw mail."""

    refuse: tuple[FileKind, ...] = Field(
        default=(PROGRAMS,), description="kinds of files that are left out: endings, media types, or programs"
    )
    file_size: Size | None = Field(default=None, description="a larger file is left out")
    mail_size: Size | None = Field(default=None, description="files beyond this size of all in a mail are left out")
    clamd: ClamdAddress | None = Field(
        default=None, description="a ClamAV daemon that looks at every mail first, HOST:PORT or a socket's path"
    )
    scan_timeout: Duration = Field(default=timedelta(minutes=1), description="how long one scan may take")

    def as_policy(self) -> FilePolicy:
        """Return the plain value that the desk decides by."""
        return policy_of(self.refuse, self.file_size, self.mail_size, is_scanned=self.clamd is not None)
