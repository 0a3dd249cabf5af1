"""Pictures within the text of a mail: which there are, what they are called, how large they are; ours coming back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from mailgateway.mail.content.markup import attributes, tokens
from mailgateway.mail.content.text import picture_of
from mailgateway.mail.model import Attachment, Mail
from mailgateway.mail.outgoing.tokens import is_picture_of_ours

_MOST_IMAGES = 500
_MOST_SEGMENTS = 200
_NO_BRACKETS = str.maketrans("[]", "()")
_FRAMES = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
"""JPEG's markers of the segment that tells the size of the picture (ITU-T T.81, table B.1: SOF0 to SOF15)."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Width and height in pixels; 0 where one is not known."""

    width: int = 0
    height: int = 0


def shown_pictures(mail: Mail) -> dict[str, Extent]:
    """Return the Content-IDs of the pictures that the HTML of a mail shows anywhere, and how large it says they are."""
    source = mail.html_source or ""
    if "cid:" not in source.lower():
        return {}
    images = (attributes(text) for tag, text in tokens(source) if tag == "img")
    found: dict[str, Extent] = {}
    for image in islice(images, _MOST_IMAGES):
        if cid := picture_of(image):
            found.setdefault(cid, Extent(_pixels(image.get("width", "")), _pixels(image.get("height", ""))))
    return found


def with_names(mail: Mail) -> tuple[Mail, dict[str, str]]:
    """Return a mail in which each shown picture has a file name of its own, and those names by Content-ID."""
    shown = shown_pictures(mail)
    if not shown:
        return mail, {}
    names: dict[str, str] = {}
    files: list[Attachment] = []
    for file in mail.attachments:
        cid = file.content_id
        if cid and cid in shown and cid not in names and file.content_type.startswith("image/"):
            names[cid] = _unused(file.filename.translate(_NO_BRACKETS), names.values())
            file = replace(file, filename=names[cid])  # noqa: PLW2901 - the same file under its new name
        files.append(file)
    return replace(mail, attachments=tuple(files)), names


def without_ours(mail: Mail, keys: tuple[bytes, ...], logos: frozenset[str]) -> Mail:
    """Return a mail without the pictures of our letters that its writer's mail program quoted back.

    They are known by the Content-ID that they were signed with, whatever the program made of them; `logos` are the
    digests of those that have got another id on the way.
    """
    kept = tuple(
        file
        for file in mail.attachments
        if not (file.content_id and is_picture_of_ours(file.content_id, keys))
        and not ((file.inline or file.content_id) and logos and file.sha256 in logos)
    )
    return mail if len(kept) == len(mail.attachments) else replace(mail, attachments=kept)


def extent(content: bytes) -> Extent:
    """Return how large a PNG, GIF or JPEG is, as its header says."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return Extent(int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        return Extent(int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little"))
    return _of_jpeg(content) if content.startswith(b"\xff\xd8") else Extent()


def _of_jpeg(content: bytes) -> Extent:
    place = 2
    for _ in range(_MOST_SEGMENTS):
        if place + 9 > len(content) or content[place] != 0xFF:
            break
        if content[place + 1] in _FRAMES:
            return Extent(
                int.from_bytes(content[place + 7 : place + 9]), int.from_bytes(content[place + 5 : place + 7])
            )
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    return Extent()


def _pixels(written: str) -> int:
    """Return a length in pixels; what is written in another unit is not known."""
    digits = written.strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 5 else 0


def _unused(name: str, taken: Iterable[str]) -> str:
    """Return the name, with a number where it is taken: some mail programs call every picture image.png."""
    used = set(taken)
    stem, dot, ending = name.rpartition(".")
    beginning, end = (stem, f".{ending}") if dot else (name, "")
    numbered = (f"{beginning} ({number}){end}" for number in range(2, len(used) + 3))
    return name if name not in used else next(one for one in numbered if one not in used)


def label(filename: str) -> str:
    """Return what stands in a text for the picture in a file of this name."""
    return f"[{filename}]"
