"""Being nobody for a while: what the system refuses, it refuses no root."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

NOBODY = pwd.getpwnam("nobody")
IS_ROOT = os.geteuid() == 0


@contextmanager
def as_nobody() -> Iterator[None]:
    """Run the block as a user who may do nothing, where we are root; modes alone keep others out.

    Whatever the block calls has run before: Python remembers for ever what it could not import.
    """
    if not IS_ROOT:
        yield
        return
    os.seteuid(NOBODY.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def public_folder() -> Iterator[Path]:
    """Give a folder that everybody may look into, as those of pytest's are not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
