"""Whether the elements of a page of HTML match each other."""

from html.parser import HTMLParser

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


class _Elements(HTMLParser):
    """Follows elements as they open and close."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, int]] = []
        self.wrong = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's own
        """Note an element that opens."""
        if tag not in _VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_endtag(self, tag: str) -> None:
        """Match the end of an element with its beginning."""
        if self.wrong or tag in _VOID:
            return
        if self.open and self.open[-1][0] == tag:
            self.open.pop()
        elif self.open:
            self.wrong = f"</{tag}> closes <{self.open[-1][0]}>, opened in line {self.open[-1][1]} of the page"
        else:
            self.wrong = f"</{tag}> closes nothing"


def unbalanced(page: str) -> str:
    """Return what does not match, in a line; "" where every element is closed by its own end."""
    elements = _Elements()
    elements.feed(page)
    elements.close()
    if elements.wrong or not elements.open:
        return elements.wrong
    tag, line = elements.open[-1]
    return f"<{tag}> is opened in line {line} of the page and never closed"
