"""The MIME tree (RFC 2046), split by own code over offsets into the raw bytes: linear, bounded, no copies.

The parser of the standard library recurses for each level and copies each line; a hostile mail can exhaust it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mailgateway.mail.limits import Limits
from mailgateway.mail.wire.headers import HeaderBlock, read_headers
from mailgateway.mail.wire.parameters import read_parameters

_TAIL = re.compile(rb"(--)?[ \t]*\r*(?=\n|\Z)")
_SOME_BOUNDARY = re.compile(rb"\n--([^\s-][^\r\n]{0,199}?)[ \t]*\r?\n(?=[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-|\r?\n)")
_PREAMBLE = 300
"""Bytes in front of the first boundary: more are words of a text that only contains a mail."""

_PART_FIELDS = 200
"""Header fields of a part that are read: it needs few, and there may be a thousand parts."""


@dataclass(slots=True)
class Part:
    """A node of the tree: its header, where its body lies in the raw bytes, and the parts in it."""

    header: HeaderBlock
    start: int
    end: int
    default_type: str = "text/plain"
    content_type: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    parts: list["Part"] = field(default_factory=list)
    closed: bool = False
    """A multipart that was not opened: beyond a limit, or without any part in it."""

    def __post_init__(self) -> None:
        """Read the content type; what is unreadable counts as the default of its surroundings."""
        lead, self.parameters = read_parameters(self.header.get("content-type"))
        if not re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", lead):
            lead = {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(lead, "")
        self.content_type = lead or self.default_type

    @property
    def is_multipart(self) -> bool:
        """Tell whether it is a multipart that was opened."""
        return self.content_type.startswith("multipart/") and not self.closed


@dataclass(slots=True)
class Tree:
    """A message split into its parts, with what was odd about it."""

    root: Part
    defects: list[str]

    def walk(self) -> Iterator[Part]:
        """Walk over all parts, depth first, in the order of the wire."""
        waiting = [self.root]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.parts))


def read_tree(raw: bytes, limits: Limits) -> Tree:
    """Split a message into its parts."""
    header, body = read_headers(raw, 0, len(raw), limits)
    tree = Tree(Part(header, body, len(raw)), list(header.defects))
    _mend_root(raw, tree)
    waiting = [(tree.root, 1)]
    left = limits.parts
    while waiting:
        part, depth = waiting.pop()
        if not part.content_type.startswith("multipart/"):
            continue
        if depth > limits.depth or left <= 0:
            part.closed = True
            tree.defects.append("multipart nested too deep or after too many parts, kept closed")
            continue
        part.parts = _split(raw, part, limits, left, tree.defects)
        left -= len(part.parts)
        if not part.parts:
            _open_as_leaf(part, tree.defects)
        waiting.extend((child, depth + 1) for child in reversed(part.parts))
    return tree


def _mend_root(raw: bytes, tree: Tree) -> None:
    """Give a message whose Content-Type was lost on the way its multipart back: the body shows its boundaries."""
    root = tree.root
    if root.header.has("content-type"):
        return
    found = _SOME_BOUNDARY.search(raw, root.start, min(root.end, root.start + _PREAMBLE))
    if found and raw.find(b"\n--" + found[1] + b"--", found.end(), root.end) >= 0:
        root.content_type = "multipart/mixed"
        root.parameters = {"boundary": found[1].decode("ascii", "surrogateescape")}
        tree.defects.append("no Content-Type, but the body is a multipart")


def _open_as_leaf(part: Part, defects: list[str]) -> None:
    """Treat a multipart without parts as the text that it is."""
    defects.append("multipart without parts")
    part.closed = True
    part.content_type = "text/plain"


def _split(raw: bytes, part: Part, limits: Limits, left: int, defects: list[str]) -> list[Part]:
    """Split a multipart at its boundary lines; beyond `left` parts the rest is one closed part."""
    boundary = _boundary(raw, part, defects)
    if not boundary:
        return []
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    children = []
    spans, complete = _spans(raw, boundary, part.start, part.end, left)
    of_parts = replace(limits, header_fields=min(limits.header_fields, _PART_FIELDS))
    for start, end in spans:
        header, body = read_headers(raw, start, end, of_parts)
        defects.extend(header.defects)
        child = Part(header, body, end, default)
        if header.has("from") and (header.has("message-id") or header.has("received")):
            # The header of an attached mail, without the message/rfc822 around it: some mail systems return it so.
            child = Part(HeaderBlock(), start, end, "message/rfc822")
        children.append(child)
    if not complete:
        defects.append(f"more than {limits.parts} parts, the rest kept as one attachment")
        last = children[-1]
        last.content_type, last.closed, last.start = "application/octet-stream", True, spans[-1][0]
    return children


def _boundary(raw: bytes, part: Part, defects: list[str]) -> bytes:
    """Return the boundary that a multipart names, or else the first line in it that looks like one."""
    named = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
    if named and raw.find(b"\n--" + named, part.start - 1, part.end) >= 0:
        return named
    found = _SOME_BOUNDARY.search(raw, part.start - 1, part.end)
    if found:
        defects.append("boundary missing or wrong, guessed")
        return found[1]
    return b""


def _spans(raw: bytes, boundary: bytes, start: int, end: int, most: int) -> tuple[list[tuple[int, int]], bool]:
    """Return where the parts between boundary lines lie, at most `most`, and whether these are all."""
    needle = b"\n--" + boundary
    spans: list[tuple[int, int]] = []
    opened, tries = -1, most * 10
    found = raw.find(needle, start - 1, end)
    while found >= 0 and tries > 0:
        if tail := _TAIL.match(raw, found + len(needle), end):
            if opened >= 0:
                spans.append((opened, _before_newline(raw, opened, found)))
            if len(spans) == most:
                return [*spans[:-1], (spans[-1][0], end)], False
            opened = -1 if tail[1] else min(tail.end() + 1, end)
        tries -= 1
        found = raw.find(needle, found + len(needle), end)
    if opened >= 0:
        spans.append((opened, end))
    return spans, True


def _before_newline(raw: bytes, start: int, newline: int) -> int:
    """Return the end of a part: the line break before the boundary belongs to the boundary."""
    return max(start, newline - 1 if raw[newline - 1 : newline] == b"\r" else newline)
