"""What strangers write reaches the terminal as text and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.cli.lines import clean, clean_text, say_json


@given(st.text())
def test_no_line_holds_anything_a_terminal_obeys(text: str) -> None:
    """Whatever the text is, one printable line is left of it."""
    line = clean(text)
    assert not any(letter < " " or "\x7f" <= letter <= "\x9f" or "\ud800" <= letter <= "\udfff" for letter in line)
    line.encode()


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_long_line_is_cut_before_it_is_escaped(text: str, longest: int) -> None:
    """A cut line holds at most as many letters of the text as it may."""
    assert clean(text, longest).count("…") <= text.count("…") + 1
    assert len(clean("a" * len(text), longest)) <= longest


def test_escapes_are_shown() -> None:
    """An escape sequence is readable, and turns nothing."""
    assert clean("\x1b[31mred\u202e\r\nnext") == "\\x1b[31mred\\u202e next"
    assert clean_text("a\tb\r\nc\x07") == "a\tb\nc\\x07"


@given(st.text())
def test_json_is_one_safe_line_and_loses_nothing(text: str) -> None:
    """A JSON line gives back what went in, lone surrogates included, without a raw control character in it."""
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("mailgateway.cli.lines.typer.echo", lines.append)
        say_json({"text": text})
    assert json.loads(lines[0]) == {"text": text}
    assert clean(lines[0]) == lines[0]
