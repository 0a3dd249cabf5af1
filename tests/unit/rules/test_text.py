"""Folding and showing texts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.rules.text import SHOWN, described, excerpt, folded, plain, shown


@given(st.text(max_size=200))
def test_plain_is_nfkc(text: str) -> None:
    """For ordinary lengths the form is NFKC, exactly."""
    assert plain(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize("text", ["a" + "\u0301\u0316" * 500_000, "\ufdfa" * 1_000_000, "\ud800" * 1_000_000])
def test_hostile_texts_are_folded_in_linear_time(text: str) -> None:
    """Neither long runs of combining marks nor characters that unfold to phrases grow much, nor reach the time-out."""
    result = folded(text)
    assert len(result) <= 4 * len(text)
    result.encode()


@pytest.mark.parametrize("char", [*"\x1b\x00\r\n\u202e\u2028\ud800\x9b\ue000\U000e0001"])
def test_what_acts_on_a_terminal_is_escaped(char: str) -> None:
    """Control, direction, line and private characters are shown, not sent."""
    assert char not in shown(f"a{char}b")
    assert shown(f"a{char}b").startswith('"a\\')


@given(st.text(max_size=1000), st.integers(0, 1000))
def test_an_excerpt_is_bounded(text: str, place: int) -> None:
    """However long a value is, little of it is shown."""
    assert len(excerpt(text, place)) <= SHOWN * 10 + 4


def test_an_excerpt_shows_the_place() -> None:
    """Of a long value the surroundings of the hit are shown."""
    assert "needle" in excerpt("x" * 500 + "needle" + "y" * 500, 500)


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "nothing"), (True, "true"), (5, "the number 5"), ("x", '"x"'), ([], "a list"), ({}, "a mapping of keys")],
)
def test_values_are_described_in_plain_words(value: object, words: str) -> None:
    """Messages speak of what was written as a person would."""
    assert described(value) == words
