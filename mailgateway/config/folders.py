"""The folders that a configuration names: they are there, and all that is in them can be read by who runs this."""

import os
from collections.abc import Iterator
from pathlib import Path

from mailgateway.config.gateway.files import Files
from mailgateway.config.reading.document import Document
from mailgateway.errors import Finding


def missing_folders(files: Files, document: Document) -> Iterator[Finding]:
    """Find what is named as a folder and is none."""
    named = (("templates", files.templates, "your own templates"), ("knowledge", files.knowledge, "your answers"))
    for key, folder, holds in named:
        if folder is not None and not folder.is_dir():
            problem = f"{folder} is no folder: write the folder of {holds}, or leave the key out"
            yield document.finding(("files", key), problem)


def closed_folders(files: Files) -> Iterator[Finding]:
    """Find what in the folders cannot be read: it would be as if it were not there."""
    for folder in (files.templates, files.knowledge):
        yield from _closed(folder) if folder is not None else ()


def _closed(folder: Path) -> Iterator[Finding]:
    refused: list[tuple[str, OSError]] = []
    for place, _, names in os.walk(folder, onerror=lambda error: refused.append(("folder", error))):
        for name in names:
            try:
                os.close(os.open(f"{place}/{name}", os.O_RDONLY | os.O_NONBLOCK))
            except OSError as error:
                refused.append(("file", error))
    for kind, refusal in refused:
        # a folder that is none is told elsewhere, a link that leads nowhere is nothing to be read
        if not isinstance(refusal, FileNotFoundError | NotADirectoryError):
            yield Finding(str(refusal.filename), 0, 0, f"the {kind} cannot be read: {refusal.strerror}")
