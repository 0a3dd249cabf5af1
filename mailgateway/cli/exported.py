"""Where an export goes: a new folder, or a zip file, that nobody else may read."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from mailgateway.cli.lines import wrong_usage

Write = Callable[[str, bytes], None]
"""Takes a path of safe names and the content of a file."""

_OURS_ALONE = 0o600


@contextmanager
def destination(path: Path) -> Iterator[Write]:
    """Give what writes files to a place that is not there yet; leaves with 2 where it is, or cannot be made."""
    try:
        if path.suffix.casefold() == ".zip":
            with os.fdopen(_new_file(path), "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
                yield archive.writestr
        else:
            path.mkdir(mode=0o700)
            yield lambda name, content: _write(path / name, content)
    except FileExistsError:
        raise wrong_usage(
            f"--to {path}: is there already; name a new folder, or a new file that ends in .zip"
        ) from None
    except OSError as error:
        raise wrong_usage(f"--to {path}: cannot be written: {error.strerror}") from None


def _write(path: Path, content: bytes) -> None:
    _make_folder(path.parent)
    with os.fdopen(_new_file(path), "wb") as file:
        file.write(content)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it for our own eyes: `parents` of mkdir would make them for everybody's."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700)


def _new_file(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OURS_ALONE)
