"""Filters of the templates: what people wrote -> text that fits a line, safe HTML. Pure, linear in the input."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import unescape
from urllib.parse import quote, unquote

from markupsafe import Markup, escape

from mailgateway.desk.answers.knowledge import Answer
from mailgateway.desk.model import Article, StoredFile
from mailgateway.mail.content.pictures import label
from mailgateway.mail.model import Address

_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^]{1,2000}", re.IGNORECASE)
_NO_NAME = re.compile(r"[/\\@:<>\[\]{}\n]|www\.", re.IGNORECASE)
_IMAGE = re.compile(r'<img\b(?:[^>"]|"[^"]*")*>')
_CID = re.compile(r'\bsrc="cid:([^"]*)"', re.IGNORECASE)
_ALT = re.compile(r'\balt="([^"]*)"')
_LONGEST_HTML = 60_000
_LONGEST_TEXT = 20_000
_WIDEST_LEFT = 24


def fill(text: str, width: int = 72) -> str:
    """Return prose as one paragraph in lines of at most `width` columns; long words stay whole."""
    return "\n".join(_wrapped(text, width))


def clip(text: str, most: int) -> str:
    """Return the text, cut at the end of a line (or else of a word) where it is longer than `most` characters."""
    text = text.strip()
    if len(text) <= most:
        return text
    head = text[:most]
    return (head.rpartition("\n")[0] or head.rpartition(" ")[0] or head).rstrip() + "\n[…]"


def excerpt(text: str, lines: int = 12, most: int = 700) -> str:
    """Return the beginning of a text, enough to recognise it by."""
    kept = clip(text, most).split("\n")
    return "\n".join(kept if len(kept) <= lines else [*kept[:lines], "[…]"])


def quoted(text: str, width: int = 78) -> str:
    """Return the text as a quotation, each line behind `> ` and within `width` columns: lines of 72 stay whole."""
    lines: list[str] = []
    for line in text.split("\n"):
        lines += [line] if len(line) <= width - 2 else _wrapped(line, width - 2)
    return "\n".join(f"> {line}".rstrip() for line in lines)


def person(name: str) -> str:
    """Return a name to greet somebody by, "" where it may be an advertisement sent to others through us."""
    line = " ".join(name.split())
    return "" if len(line) > 60 or _NO_NAME.search(line) else line


def mailbox(who: Address) -> str:
    """Return a person as `Name <address>`."""
    return who.shown


def told(commands: Iterable[tuple[str, str]], meanings: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return commands with their meanings in another language, by the first word of each; English where it has none."""
    return [(usage, meanings.get(usage.partition(" ")[0], meaning)) for usage, meaning in commands]


def proposed(answers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return answers, each as name and title, as the command that takes one with what it is about."""
    return [(f"#answer {name}", title) for name, title in answers]


@lru_cache(maxsize=100)
def spellings(usage: str) -> tuple[str, ...]:
    """Return the commands in a usage such as `#solved #open`, one by one."""
    first, *others = usage.split(" #")
    return (first, *(f"#{other}" for other in others))


def columns(rows: Iterable[tuple[str, str]], indent: int = 0, left: int = 0, width: int = 72) -> str:
    """Return pairs as two columns of text, the left one `left` wide (else as wide as it needs, within reason).

    Pairs without a right side are left out; beside a long left side the right one goes to the next line.
    """
    kept = [(" ".join(key.split()), value) for key, value in rows if value and value.strip()]
    margin = indent + 2 + (left or min(_WIDEST_LEFT, max((len(key) for key, _ in kept), default=0)))
    lines: list[str] = []
    for key, value in kept:
        head = " " * indent + key
        first, *others = _wrapped(value, max(width - margin, 20))
        lines += [f"{head:{margin}}{first}"] if len(head) < margin else [head, " " * margin + first]
        lines += [" " * margin + other for other in others]
    return "\n".join(lines)


def mailto(address: str, subject: str) -> str:
    """Return the link that begins a mail to an address with a subject (RFC 6068)."""
    words = subject.unescape() if isinstance(subject, Markup) else subject
    return f"mailto:{quote(address, safe='@+')}?subject={quote(words, safe='')}"


def bare_address(url: str) -> str:
    """Return a web address as people write it: www.example.com."""
    return re.sub(r"^https?://", "", url).rstrip("/")


def shown(text: str, files: Iterable[StoredFile] = ()) -> Markup:
    """Return plain text as HTML: line breaks and indents kept, web addresses made links, everything else escaped.

    Pictures among the `files` stand where the text names them, as `[screenshot.png]`.
    """
    pictures = {label(file.filename): _picture(file) for file in files if _is_picture(file)}
    lines = clip(text, _LONGEST_TEXT).split("\n")
    return Markup("<br>\n").join(_shown_line(line.expandtabs(4), pictures) for line in lines)


def shown_quietly(text: str) -> Markup:
    """Return plain text as HTML without links: for what strangers wrote and we send to others."""
    return Markup("<br>\n").join(_indented(line.expandtabs(4)) for line in text.split("\n"))


def body(article: Article) -> Markup | None:
    """Return the sanitised HTML of an article where it has one that can be shown, else None.

    Of a picture that did not come along, such as our own logo in what was quoted, the name stays.
    """
    if not article.html or len(article.html) > _LONGEST_HTML:
        return None
    there = {file.content_id for file in article.attachments if not file.refused}
    page = _IMAGE.sub(lambda found: found[0] if _is_there(found[0], there) else _named(found[0]), article.html)
    return Markup(page)  # noqa: S704 - sanitised where the mail was parsed


def page(answer: Answer) -> Markup:
    """Return the HTML of an answer."""
    return Markup(answer.html)  # noqa: S704 - made of Markdown, in which no HTML is obeyed


def _is_there(image: str, there: set[str | None]) -> bool:
    found = _CID.search(image)
    return found is None or unquote(unescape(found[1])) in there


def _named(image: str) -> str:
    """Return the alternative text of an image, still escaped."""
    found = _ALT.search(image)
    return f"[{found[1]}]" if found else ""


def _is_picture(file: StoredFile) -> bool:
    return file.inline and bool(file.content_id) and file.content_type.startswith("image/") and not file.refused


def _picture(file: StoredFile) -> Markup:
    return Markup('<img src="cid:{}" alt="{}" style="max-width:100%;height:auto;vertical-align:middle;">').format(
        quote(file.content_id or "", safe="@.-_!$&*+"), file.filename
    )


def _shown_line(line: str, pictures: Mapping[str, Markup]) -> Markup:
    pieces: list[Markup] = []
    place = 0
    for found in _URL.finditer(line):
        address = found[0].rstrip(".,;:!?)]")
        link = Markup('<a href="{0}">{0}</a>').format(address)
        pieces += [_with_pictures(line[place : found.start()], pictures), link]
        place = found.start() + len(address)
    return Markup("").join((*pieces, _with_pictures(line[place:], pictures)))


def _with_pictures(text: str, pictures: Mapping[str, Markup]) -> Markup:
    if not pictures or "[" not in text:
        return _indented(text)
    parts = re.split("(" + "|".join(map(re.escape, pictures)) + ")", text)
    return Markup("").join(pictures.get(part) or _indented(part) for part in parts)


def _indented(line: str) -> Markup:
    """Escape a line; its leading spaces, and every second one of a run, are made to stay."""
    inner = line.lstrip(" ")
    spaces = "&nbsp;" * (len(line) - len(inner))
    return Markup(spaces + str(escape(inner)).replace("  ", " &nbsp;"))  # noqa: S704 - escaped right here


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Break a text between words into lines of at most `width` columns; a longer word has a line for itself."""
    words = text.split()
    whole = " ".join(words)
    if len(whole) <= width:
        yield whole
        return
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
