"""The filters of the templates."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mail.model import Address
from mailgateway.mail.written.subjects import bare
from mailgateway.render import words

texts = st.text(max_size=300) | st.text(alphabet="a <>&\"'\n\thttps://x.y.)[]#1", max_size=300)


@pytest.mark.parametrize(
    ("subject", "left"),
    [
        ("Printer", "Printer"),
        ("Re: Printer", "Printer"),
        ("RE: AW: Odp: Fwd: WG: Printer", "Printer"),
        ("Re[2]: [#10234] Re: [#10234] Printer", "Printer"),
        ("Printer [#10234] again [#10235]", "Printer again"),
        ("[EXTERN] Printer", "[EXTERN] Printer"),
        ("Regarding: printers", "Regarding: printers"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_a_subject_is_stripped_to_its_words(subject: str, left: str) -> None:
    """Prefixes and our tags do not pile up over a long thread."""
    assert bare(subject) == left


def test_a_hostile_subject_takes_no_time() -> None:
    """A megabyte of prefixes is stripped in one pass."""
    assert bare("Re: " * 250_000) == ""


def test_prose_is_filled() -> None:
    """Prose keeps to 72 columns, whatever line breaks the template has."""
    filled = words.fill("one two\n three " * 20)
    assert max(map(len, filled.split("\n"))) <= 72
    assert filled.split() == ("one two three " * 20).split()


@given(texts, st.integers(1, 200))
def test_a_clipped_text_is_short(text: str, most: int) -> None:
    """Nothing gets longer than asked for, but for the mark of the cut."""
    clipped = words.clip(text, most)
    assert len(clipped) <= most + len("\n[…]")
    assert clipped == text.strip() or clipped.endswith("[…]")


def test_an_excerpt_is_a_few_lines() -> None:
    """What somebody wrote is quoted back to recognise it by, not as a whole."""
    assert words.excerpt("a\nb\nc\nd", 2) == "a\nb\n[…]"
    assert words.excerpt("a\nb", 2) == "a\nb"


@given(texts)
def test_every_quoted_line_is_marked(text: str) -> None:
    """No line of a quotation can be taken for ours."""
    assert all(line.startswith(">") for line in words.quoted(text).split("\n"))


def test_lines_of_72_columns_are_quoted_whole() -> None:
    """Text that was broken at 72 columns is not broken again."""
    line = ("word " * 15)[:72].strip()
    assert words.quoted(line) == f"> {line}"


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Jan Nowak", "Jan Nowak"),
        ("  Jan \t Nowak ", "Jan Nowak"),
        ("Cheap pills at https://pills.example", ""),
        ("www.pills.example", ""),
        ("jan@example.org", ""),
        ("x" * 61, ""),
        ("", ""),
    ],
)
def test_nobody_is_greeted_by_an_advertisement(name: str, greeted: str) -> None:
    """A name that carries an address or a message is not repeated to its victim."""
    assert words.person(name) == greeted


def test_a_person_is_written_with_the_address() -> None:
    """The name stands before the address where there is one."""
    assert words.mailbox(Address("Jan", "jan@example.org")) == "Jan <jan@example.org>"
    assert words.mailbox(Address("", "jan@example.org")) == "jan@example.org"


def test_columns_stand_beside_each_other() -> None:
    """The right side is aligned and wrapped, pairs without a right side are left out, long left sides stand alone."""
    rows = [("Group", "hardware"), ("Tags", ""), ("A left side of great length", "right")]
    assert words.columns(rows, indent=2, left=10) == (
        "  Group       hardware\n  A left side of great length\n              right"
    )
    wrapped = words.columns([("Why", "word " * 30)])
    assert max(map(len, wrapped.split("\n"))) <= 72
    assert words.columns([]) == ""


def test_text_becomes_html() -> None:
    """Line breaks and indents stay, web addresses become links, everything else is escaped."""
    assert words.shown("a <b>\n  see https://x.example/?a=1&b=2.") == (
        'a &lt;b&gt;<br>\n&nbsp;&nbsp;see <a href="https://x.example/?a=1&amp;b=2">https://x.example/?a=1&amp;b=2</a>.'
    )


def test_quiet_text_has_no_links() -> None:
    """What a stranger wrote is sent back without anything to click on."""
    assert words.shown_quietly("see https://x.example/") == "see https://x.example/"


class _Tags(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.found.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


@given(texts)
def test_no_text_makes_markup(text: str) -> None:
    """Whatever people write, the HTML of it has line breaks and links only, and reads the same."""
    page = _Tags()
    page.feed(str(words.shown(text)))
    page.close()
    assert set(page.found) <= {("br", ()), ("a", ("href",))}
    assert page.text.split() == text.split()
