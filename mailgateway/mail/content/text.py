"""HTML -> readable plain text: lists, tables, links with their targets, quotations marked; what is hidden stays out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from mailgateway.mail.content.marks import Mark, mark_of, wraps_history
from mailgateway.mail.content.markup import VOID, attributes, tokens

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tr",
        "ul",
        "caption",
        "thead",
        "tbody",
        "tfoot",
    ]
)
_SPACED = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "table"])
_HIDDEN = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|"
    r"mso-hide\s{0,9}:\s{0,9}all|font-size\s{0,9}:\s{0,9}0(?:px|pt|em)?\s{0,9}(?:;|!|$)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"[ \t\r\n\f\xa0]+")
_INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f")
_EMPTY_LINES = re.compile(r"\n{5,}")
_MOST_QUOTES = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its words, how deep it is quoted, and what the structure says about it."""

    text: str
    depth: int = 0
    mark: Mark = Mark.NONE

    def __str__(self) -> str:
        """Give the line as plain text, quotation shown by `>`."""
        return (">" * self.depth + " " + self.text).rstrip() if self.depth else self.text


@dataclass(slots=True)
class _Open:
    """An element that was opened and what it changed."""

    tag: str
    hidden: bool = False
    quoted: bool = False
    outer: Mark | None = None
    history: bool = False
    link: str = ""
    link_start: int = 0
    bullet: int = -1


@dataclass(slots=True)
class _Page:
    """The page while it is written: finished lines, the line in hand, and the elements that are open."""

    lines: list[Line] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    open_count: dict[str, int] = field(default_factory=dict)
    hidden: int = 0
    depth: int = 0
    pre: int = 0
    gap: bool = False
    cell: bool = False
    mark: Mark = Mark.NONE
    pending_mark: Mark = Mark.NONE
    histories: int = 0
    pictures: Mapping[str, str] = field(default_factory=dict)

    def say(self, text: str) -> None:
        """Write words on the line in hand, white space collapsed outside of <pre>."""
        if self.hidden:
            return
        if self.pre:
            first, *others = _EMPTY_LINES.sub("\n\n\n\n", text.replace("\r", "")).split("\n")
            self._put(first)
            for other in others:
                self.end_line(keep=True)
                self._put(other)
            return
        self._put(_BLANK.sub(" ", text.translate(_INVISIBLE)))

    def _put(self, text: str) -> None:
        if not self.pre and (not self.words or self.words[-1].endswith(" ")):
            text = text.lstrip(" ")
        if text:
            if self.cell:
                if self.words and text.strip():
                    self.words.append(" " if self.words[-1].endswith(" ") else "  ")
                self.cell = False
            self.words.append(text)

    def end_line(self, *, keep: bool = False) -> None:
        """Finish the line in hand; an empty one only where it was asked for (`keep`)."""
        text = "".join(self.words).rstrip()
        self.words.clear()
        self.cell = False
        if not text and not keep:
            return
        if self.gap and text and self.lines and self.lines[-1].text:
            self.lines.append(Line("", min(self.depth, self.lines[-1].depth)))
        self.gap = self.gap and not text
        mark = self.pending_mark if self.pending_mark is not Mark.NONE and text else self.mark
        if text:
            self.pending_mark = Mark.NONE
        self.lines.append(Line(text, self.depth, mark))

    def open(self, tag: str, raw_attributes: str) -> None:
        """Enter an element."""
        found = attributes(raw_attributes) if raw_attributes.strip(" /") else {}
        if tag in _BLOCKS:
            self.end_line()
            self.gap = self.gap or tag in _SPACED
        element = _Open(tag)
        self._mark(element, found)
        if tag in VOID:
            self._void(tag, found)
            return
        if self._is_hidden(found):
            element.hidden = True
            self.hidden += 1
        if tag == "blockquote" and self.depth < _MOST_QUOTES and _is_quotation(found):
            element.quoted = True
            self.depth += 1
        self._shape(element, found)
        self.stack.append(element)
        self.open_count[tag] = self.open_count.get(tag, 0) + 1

    def _mark(self, element: _Open, found: dict[str, str]) -> None:
        if not found or (mark := mark_of(element.tag, found)) is Mark.NONE:
            return
        self.end_line()
        if mark in (Mark.HISTORY, Mark.FORWARD):
            self.pending_mark = mark
            if mark is Mark.HISTORY and element.tag not in VOID and wraps_history(found):
                element.history = True
                self.histories += 1
        elif element.tag not in VOID:
            element.outer, self.mark = self.mark, mark

    def _shape(self, element: _Open, found: dict[str, str]) -> None:
        """Do what a kind of element asks for: links remember their target, lists count, cells keep apart."""
        tag = element.tag
        if tag == "a":
            element.link, element.link_start = found.get("href", "").strip(), len(self.words)
        elif tag == "pre":
            self.pre += 1
        elif tag == "ol":
            element.bullet = 0
        elif tag == "li":
            self.say(self._bullet())
        elif tag in ("td", "th"):
            self.cell = bool(self.words)

    def _bullet(self) -> str:
        for element in reversed(self.stack[-20:]):
            if element.tag == "ol":
                element.bullet += 1
                return f"{element.bullet}. "
            if element.tag in ("ul", "menu", "dir"):
                break
        return "* "

    def _void(self, tag: str, found: dict[str, str]) -> None:
        if tag == "br":
            self.end_line(keep=not self.hidden)
        elif tag == "hr" and not self.hidden:
            self.say("-" * 20)
            self.end_line()
        elif tag == "img" and not _is_tracker(found) and (label := self._label(found)):
            self.say(f"[{label}]")

    def _label(self, found: dict[str, str]) -> str:
        """Return what stands for an image: the name of its file where that came along, else its alternative text."""
        named = self.pictures.get(picture_of(found), "") if self.pictures else ""
        return named or found.get("alt", "").strip()[:200]

    def _is_hidden(self, found: dict[str, str]) -> bool:
        return "hidden" in found or ("style" in found and _HIDDEN.search(found["style"][:1_000]) is not None)

    def close(self, tag: str) -> None:
        """Leave an element and every one in it that was left open; a stray end tag only breaks the line."""
        if tag in _BLOCKS:
            self.end_line()
            self.gap = self.gap or tag in _SPACED
        if tag == "br":
            self.end_line(keep=True)
        if not self.open_count.get(tag):
            return
        while self.stack:
            element = self.stack.pop()
            self.open_count[element.tag] -= 1
            self._leave(element)
            if element.tag == tag:
                return

    def _leave(self, element: _Open) -> None:
        if element.outer is not None:
            self.end_line()
            self.mark = element.outer
        if element.history:
            self.end_line()
            self.histories -= 1
            self.pending_mark = Mark.NONE if self.histories else Mark.BEHIND
        self.hidden -= element.hidden
        self.depth -= element.quoted
        self.pre -= element.tag == "pre"
        if element.link and not self.hidden:
            self._finish_link(element)

    def _finish_link(self, element: _Open) -> None:
        """Write the target behind the words of a link, unless the words are the target."""
        if not element.link.lower().startswith(("http:", "https:", "ftp:")):
            return
        words = "".join(self.words[element.link_start :]).strip()
        bare = re.sub(r"^(?:https?|ftp)://", "", element.link.rstrip("/"), flags=re.IGNORECASE)
        if words and bare not in words:
            self._put(f" <{element.link[:2_000]}>")


def _is_quotation(found: dict[str, str]) -> bool:
    """Tell whether a blockquote quotes a mail; some clients indent with it (Outlook's, and the editor's in webmail)."""
    style = found.get("style", "").replace(" ", "").casefold()
    return not ("border:none" in style and "padding:0" in style)


def _is_tracker(found: dict[str, str]) -> bool:
    return found.get("width", "") in ("0", "1") or found.get("height", "") in ("0", "1")


def picture_of(found: Mapping[str, str]) -> str:
    """Return the Content-ID that an image with these attributes shows, "" where it is another kind of image."""
    source = found.get("src", "").strip()
    return unquote(source[4:]) if source[:4].lower() == "cid:" else ""


def html_lines(source: str, pictures: Mapping[str, str] | None = None) -> list[Line]:
    """Return the lines that a reader of the HTML sees, with what its structure says about each.

    `pictures` are names of files by their Content-ID: `[name]` stands where one is shown.
    """
    page = _Page(pictures=pictures or {})
    for tag, text in tokens(source):
        if not tag:
            page.say(text)
        elif tag[0] == "/":
            page.close(tag[1:])
        else:
            page.open(tag, text)
    page.end_line()
    return page.lines


def joined(lines: Iterable[Line]) -> str:
    """Return lines as one text, without blank lines at its ends and never more than two of them in a row."""
    text = "\n".join(str(line) for line in lines)
    return re.sub(r"\n(?:[ \t]*\n){3,}", "\n\n\n", text).strip("\n")


def html_text(source: str) -> str:
    """Return the plain text of an HTML document."""
    return joined(html_lines(source))
