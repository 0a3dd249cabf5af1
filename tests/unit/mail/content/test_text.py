"""HTML to readable text, and HTML made safe to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mail.content.flowed import unflow
from mailgateway.mail.content.html import sanitise
from mailgateway.mail.content.markup import tokens
from mailgateway.mail.content.text import html_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<ul><li>a</li><li>b</li></ul>", "* a\n* b"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a  b\nc  d"),
        ('see <a href="https://x.y/z">the page</a>.', "see the page <https://x.y/z>."),
        ('<a href="https://x.y/z">https://x.y/z</a>', "https://x.y/z"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ("<style>p{color:red}</style><script>x()</script>Hi", "Hi"),
        ('<div style="display:none">preheader</div>Hi', "Hi"),
        ('<span style="font-size:0px">hidden</span>Hi', "Hi"),
        ('<img src="http://t.x/p.gif" width="1" height="1" alt="t">Hi', "Hi"),
        ('<img src="cid:1" alt="A cat">', "[A cat]"),
        ("<pre>a  b\n c</pre>", "a  b\n c"),
        ("<p>Hi</p><blockquote>old<blockquote>older</blockquote></blockquote>", "Hi\n\n> old\n>> older"),
        ("a &lt; b &amp; c&nbsp;d &#8364;", "a < b & c d €"),
        ("a < b and c <- d", "a < b and c <- d"),
        ("<!-- no --><!doctype html>yes", "yes"),
        ("<script>never closed", "never closed"),
        ("  spread   \n over\n lines ", "spread over lines"),
        ("", ""),
    ],
)
def test_html_reads_as_text(source: str, text: str) -> None:
    """Structure becomes plain text, what a reader does not see stays out."""
    assert html_text(source) == text


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b",
                ">",
                "<a href='x",
                "'",
                '"',
                "<td>",
                "<!--",
                "-->",
                "x",
                " ",
                "<pre>",
                "&#0;",
                "<blockquote>",
            ]
        )
    )
)
def test_any_markup_becomes_text(pieces: list[str]) -> None:
    """No mixture of tags makes the reader fail."""
    html_text("".join(pieces)).encode()


def test_a_start_tag_with_an_angle_in_a_quoted_value_is_one_token() -> None:
    """Quoted attribute values may hold angle brackets."""
    assert [token.tag for token in tokens('<a title="x > y">z</a>')] == ["a", "", "/a"]


VECTORS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="vbscript:x">x</a>',
    '<iframe src="https://evil.example"></iframe>',
    '<object data="x"></object><embed src="x">',
    '<form action="https://evil.example"><input name=p></form>',
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    '<base href="https://evil.example">',
    '<link rel=stylesheet href="https://evil.example/x.css">',
    "<style>@import 'https://evil.example/x.css';</style>",
    '<div style="background:url(https://evil.example/x)">x</div>',
    '<div style="background-color:u\\72l(https://evil.example/x)">x</div>',
    '<div style="position:fixed;top:0">x</div>',
    '<img src="https://evil.example/pixel.gif">',
    '<img srcset="https://evil.example/pixel.gif 1x">',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<img src="data:text/html,<script>alert(1)</script>">',
    '<video poster="https://evil.example/x"><source src="https://evil.example/y"></video>',
    '<table background="https://evil.example/x"><tr><td>x</td></tr></table>',
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<template><script>alert(1)</script></template>",
    "<xmp><script>alert(1)</script></xmp>",
    "<p onclick=alert(1) onmouseover=alert(1)>x</p>",
    "<<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<!--><script>alert(1)</script>-->",
]
FORBIDDEN = (
    "<script", "onerror", "onload", "onclick", "onmouseover", "javascript:", "vbscript:", "<iframe",
    "<object", "<embed", "<form", "<input", "<meta", "<base", "<link", "<style", "url(", "position",
    'src="http', "srcset", "svg", "poster", "background=", "<xmp",
)  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_active_or_remote_survives(vector: str) -> None:
    """No script, handler, form, style sheet or remote content is left in what may be shown."""
    shown = sanitise(vector).replace("&lt;", "").lower()
    assert not [word for word in FORBIDDEN if word in shown]


def test_what_a_mail_shows_survives() -> None:
    """Links, pictures of the mail itself, tables and plain styling stay."""
    shown = sanitise(
        '<p style="color: red"><a href="https://x.y">l</a><img src="cid:1" alt="a"></p>'
        "<table><tr><td>1</td></tr></table>"
    )
    for kept in ('href="https://x.y"', 'src="cid:1"', "color:red", "<td>1</td>", "noopener"):
        assert kept in shown.replace(": ", ":")


@pytest.mark.parametrize(
    ("text", "delete", "joined"),
    [
        ("a \nb\nc", False, "a b\nc"),
        ("a \nb", True, "ab"),
        ("> a \n> b\nc", False, "> a b\nc"),
        ("hi \n-- \nme", False, "hi \n-- \nme"),
        (" >not quoted", False, ">not quoted"),
        ("> a \nb", False, "> a \nb"),
    ],
)
def test_flowed_lines_are_joined(text: str, *, delete: bool, joined: str) -> None:
    """Soft breaks are undone inside one quote depth, signatures and stuffing heeded (RFC 3676)."""
    assert unflow(text, delete_space=delete) == joined
