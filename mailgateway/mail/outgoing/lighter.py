"""A letter of ours that is too large -> the same letter without its files, and with word of what was left out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from mailgateway.mail.model import Attachment
from mailgateway.mail.outgoing.compose import recompose, shown_images
from mailgateway.mail.outgoing.tokens import is_mark
from mailgateway.mail.parse import parse

_ROOM = 4_096
"""What a signature that is put on afterwards may need."""
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that does not go along: its name in one line, and how many bytes it has."""

    filename: str
    size: int


@dataclass(frozen=True, slots=True)
class Word:
    """What a letter says of the files that were left out, as plain text and as HTML."""

    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Lighter:
    """The letter's bytes without its files, and what these were."""

    content: bytes
    left_out: tuple[LeftOut, ...]


def without_files(
    content: bytes, message_id: str, word: Callable[[Sequence[LeftOut]], Word], most: int | None
) -> Lighter | None:
    """Return a letter that `compose` made under another id and without files; None where that makes it none that fits.

    `word` says what was left out. `most` bytes have room (None: nobody knows). Pictures that the page shows stay as
    long as they fit; without them the plain text alone is sent.
    """
    text, html = _bodies(content)
    for page, kept, gone in _ways(html, parse(content).attachments):
        left_out = tuple(LeftOut(_in_one_line(file.filename), file.size) for file in gone)
        told = word(left_out)
        below = None if page is None else _at_the_end(page, told.html)
        made = recompose(content, message_id, _below(text, told.text), below, kept)
        if most is None or len(made) + _ROOM <= most:
            return Lighter(made, left_out)
    return None


def _ways(
    html: str | None, attachments: tuple[Attachment, ...]
) -> Iterator[tuple[str | None, tuple[Attachment, ...], tuple[Attachment, ...]]]:
    """Give the ways to leave something out, the mildest first: the page, what stays, and what goes."""
    shown = shown_images(html, attachments)
    files = tuple(file for place, file in enumerate(attachments) if place not in shown)
    if files:
        yield html, tuple(shown.values()), files
    if shown:
        yield None, (), attachments


def _bodies(content: bytes) -> tuple[str, str | None]:
    """Return the plain text and the page, which come first and are no attachments."""
    found: dict[str, str] = {}
    for part in message_from_bytes(content).walk():
        if part.get_content_maintype() == "text" and part.get_content_disposition() is None:
            found.setdefault(part.get_content_subtype(), _text(part))
    return found.get("plain", ""), found.get("html")


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    return raw.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(raw, bytes) else ""


def _below(text: str, told: str) -> str:
    """Put a word below the text, above the mark of its ticket and the signature."""
    body, found, signature = text.rpartition("\n-- \n")
    said = (body if found else text).rstrip("\n")
    above, _, last = said.rpartition("\n")
    mark = f"\n\n{last}" if is_mark(last) else ""
    end = f"\n\n-- \n{signature}" if found else "\n"
    return f"{(above if mark else said).rstrip()}\n\n{told.strip()}{mark}{end}"


def _at_the_end(page: str, told: str) -> str:
    place = page.lower().rfind("</body>")
    return f"{page[:place]}{told}{page[place:]}" if place >= 0 else page + told


def _in_one_line(name: str) -> str:
    line = " ".join(name.split())
    return line if len(line) <= _LONGEST_NAME else f"{line[:_LONGEST_NAME]}…"
