"""Answers in Markdown -> HTML that is safe to send, and plain text that reads as well. No HTML in them is obeyed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from mailgateway.desk.answers.knowledge import Library

_SAFE = ("https://", "http://", "mailto:")
_INDENT = "    "


def prepared(library: Library) -> Library:
    """Return the answers with their text and HTML made of their Markdown."""
    made = (replace(one, text=as_text(one.source), html=as_html(one.source)) for one in library.answers)
    return replace(library, answers=tuple(made))


def as_html(source: str) -> str:
    """Return Markdown as HTML; links lead to the web or a mail address, others and pictures leave their words."""
    return str(_reader().renderer.render(_tokens(source), _reader().options, {}))


def as_text(source: str) -> str:
    """Return Markdown as plain text, each link with its address behind its words."""
    return "\n\n".join(_blocks(SyntaxTreeNode(_tokens(source)).children))


def inner_links(source: str) -> tuple[tuple[int, str], ...]:
    """Return the links that lead neither to the web nor to a mail address: line (from 0) and target of each."""
    found = []
    for block in _reader().parse(source):
        for token in block.children or ():
            target = str(token.attrs.get("href", ""))
            if token.type == "link_open" and not target.casefold().startswith(_SAFE):
                found.append((block.map[0] if block.map else 0, target))
    return tuple(found)


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _tokens(source: str) -> list[Token]:
    tokens = _reader().parse(source)
    for token in tokens:
        if token.children:
            token.children = list(_harmless(token.children))
    return tokens


def _harmless(tokens: Iterable[Token]) -> Iterator[Token]:
    """Leave out links that lead nowhere from a mail, and put the words of a picture in its place."""
    kept: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            kept.append(str(token.attrs.get("href", "")).casefold().startswith(_SAFE))
            if not kept[-1]:
                continue
        elif token.type == "link_close" and not kept.pop():
            continue
        if token.type == "image":
            yield Token("text", "", 0, content=token.content)
        else:
            yield token


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Iterator[str]:
    for node in nodes:
        match node.type:
            case "bullet_list" | "ordered_list":
                yield "\n".join(_items(node))
            case "blockquote":
                yield _behind("> ", "\n\n".join(_blocks(node.children)))
            case "code_block" | "fence":
                yield _behind(_INDENT, node.content.rstrip("\n"))
            case "hr":
                yield "-" * 40
            case "table":
                yield "\n".join(_rows(node))
            case _:
                yield _inline(node)


def _items(node: SyntaxTreeNode) -> Iterator[str]:
    start = int(str(node.attrs.get("start", 1)))
    for number, item in enumerate(node.children, start):
        sign = f"{number}. " if node.type == "ordered_list" else "- "
        tight = all(child.hidden for child in item.children if child.type == "paragraph")
        body = ("\n" if tight else "\n\n").join(_blocks(item.children))
        yield sign + _behind(" " * len(sign), body).lstrip(" ")


def _rows(table: SyntaxTreeNode) -> Iterator[str]:
    for row in (row for part in table.children for row in part.children):
        yield " | ".join(_inline(cell) for cell in row.children)


def _behind(sign: str, text: str) -> str:
    return "\n".join(f"{sign}{line}".rstrip() for line in text.split("\n"))


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "link":
            words, target = _together(node), str(node.attrs.get("href", ""))
            return words if words in (target, target.removeprefix("mailto:")) else f"{words} ({target})"
    return _together(node)


def _together(node: SyntaxTreeNode) -> str:
    return "".join(_inline(child) for child in node.children)
