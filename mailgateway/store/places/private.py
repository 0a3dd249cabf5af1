"""Files and folders for their owner alone: the owner of the folder that they are made in, though root makes them.

Else what root makes with a command stands in the way of the service, which is another user.
"""

import os
from contextlib import suppress
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, durably where they are missing. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        hand_over(handle, folder.parent)
    finally:
        os.close(handle)
    sync_folder(folder.parent)


def make_file(file: Path) -> None:
    """Make an empty file where it is missing; raises OSError, also where it is there and cannot be written to."""
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        # O_CREAT: it may be a link to a file that is still to be made
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        return
    try:
        hand_over(handle, file.parent)
    finally:
        os.close(handle)


def hand_over(handle: int, folder: Path) -> None:
    """Give an open file that was just made in a folder to the folder's owner, where root made it."""
    if os.geteuid() != 0:
        return
    owner = folder.stat()
    with suppress(PermissionError):  # a container's root may not
        os.fchown(handle, owner.st_uid, owner.st_gid)


def sync_folder(folder: Path) -> None:
    """Make durable which files are in a folder. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
