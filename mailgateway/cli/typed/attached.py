"""Files that go along with an answer or a note."""

import mimetypes
from collections.abc import Sequence
from pathlib import Path

from mailgateway.cli.lines import wrong_usage
from mailgateway.mail.content.attachments import safe_name, true_type
from mailgateway.mail.model import Attachment

MOST_BYTES = 25_000_000


def attached(files: Sequence[Path]) -> tuple[Attachment, ...]:
    """Read files; leaves with 2 where one cannot be read, or all of them are too much for a mail."""
    left = MOST_BYTES
    found: list[Attachment] = []
    for file in files:
        try:
            with file.open("rb") as stream:
                content = stream.read(left + 1)
        except OSError as error:
            raise wrong_usage(f"--attach {file}: cannot be read: {error.strerror}") from None
        left -= len(content)
        if left < 0:
            raise wrong_usage(f"--attach {file}: the files are larger than {MOST_BYTES // 1_000_000} MB together")
        name = safe_name(file.name) or "file"
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        found.append(Attachment(name, true_type(guessed, name, content), content))
    return tuple(found)
