"""Regular expressions: linear on any mail, words in any alphabet, refusals that say what to write instead."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.rules.findings import Wrong
from mailgateway.rules.patterns import compile_pattern
from mailgateway.rules.words import MARK


def find(pattern: str, text: str) -> int:
    """Return where the pattern is found in the text."""
    search = compile_pattern(pattern)
    return search.seek(search.view(text))


@pytest.mark.parametrize(
    ("pattern", "text", "place"),
    [
        (r"(?i)\b(printer|drukark\w+)\b", "Mam nową drukarkę w biurze", 9),
        (r"\bżółty\b", "to ŻÓŁTY kolor", 3),
        (r"\bżółty\b", "zażółtym", -1),
        (r"\bna\b", "źna naż", -1),
        (r"\bпринтер\b", "мой Принтер, сломан", 4),
        (r"\w{3}", "ęęę", 0),
        (r"^\w+$", "ęa1_", 0),
        (r"\W", "ęa", -1),
        (r"[^\w]", "ęa", -1),
        (r"a\b.\bb", "ę a b", 2),
        (r"a\b.\bb", "ę a\nb", -1),
        (r"(?s)a\b.\bb", "ę a\nb", 2),
        (r"^\bę\b$", "ę", 0),
        (r"foo\b[^x]*bar\b$", "ę foo - bar", 2),
        (r"foo\b[\s\S]*bar\b", "ę foo - bar", 2),
        (r"\b\d{4}\b", "rok\u00a02024 był", 4),
        (r"\Qa.b\E\b", "ę a.b", 2),
        (r"\bę\PLa", "ę-a", 0),
        (r"\bę\x2da", "ę-a", 0),
        (r"\bę\p{Pd}a", "ę-a", 0),
        (r"\B.ę", "aaę", 1),
        (r"（テスト）", "(テスト)", 0),
        ("e\u0301", "é", 0),
        (r"(?-i)printer", "Printer", -1),
    ],
)
def test_words_are_words_in_any_alphabet(pattern: str, text: str, place: int) -> None:
    r"""\w and \b know all letters, flags and classes mean what they mean, and the place is that in the text."""
    assert find(pattern, text) == place


_WORDS = st.text(alphabet="aęŁ1_ -.\n", max_size=12)


_PARTS = st.sampled_from(["a", "ę", r"\b", r"\w+", r"\W", ".", "[^a]", "[ę-]*", "-?", "$", "^"])


def asks_twice(parts: list[str]) -> bool:
    """Tell whether an edge is asked for where another edge, start or end is, in an order that nobody writes."""
    sure = "".join(part for part in parts if part not in ("[ę-]*", "-?"))
    runs = re.findall(r"(?:\\b|[$^])+", sure.replace("[^a]", "a"))
    return any(r"\b" in run and run not in (r"\b", r"^\b", r"\b$") for run in runs)


@given(_WORDS, st.lists(_PARTS, max_size=5).filter(lambda parts: not asks_twice(parts)))
def test_marks_change_nothing(text: str, parts: list[str]) -> None:
    """A pattern finds what the standard library finds, as long as no two edges are asked for at one place."""
    pattern = "".join(parts)
    expected = re.search(pattern.replace("$", r"\Z"), text, re.IGNORECASE)
    assert find(pattern, text) == (expected.start() if expected else -1)


def test_a_mark_in_a_mail_is_no_edge() -> None:
    """Somebody who writes the mark itself into a mail makes no edges of words."""
    assert find(r"ę\bx", f"ę{MARK}x") == -1


@pytest.mark.parametrize(
    ("pattern", "mend"),
    [
        ("(?=x)", "write two tests under all:"),
        ("a(?!x)", "the second under not:"),
        ("(?<=x)a", "lookbehind"),
        ("(?<!x)a", "lookbehind"),
        (r"(a)\1", "write the alternatives out"),
        (r"(?P<x>a)(?P=x)", "write the alternatives out"),
        (r"a\Z", "the end of the text is written $"),
        ("(?>a)", "write (?:…)"),
        ("a++", "leave one out"),
        ("(?#x)", "YAML comment"),
        ("(?x)a b", "flags are i, m, s and U"),
        ("a{2000}", "write + or *"),
        ("(", "missing )"),
        ("[a", "missing ]"),
    ],
)
def test_a_refused_expression_is_explained(pattern: str, mend: str) -> None:
    """What RE2 leaves out comes back with what to write instead."""
    with pytest.raises(Wrong) as refused:
        compile_pattern(pattern)
    assert mend in str(refused.value)


def test_hostile_texts_take_linear_time() -> None:
    """The pattern that explodes elsewhere is done at once."""
    search = compile_pattern(r"\b(a+)+b\b")
    began = time.perf_counter()
    search.seek(search.view("ę" + "a" * 300_000))
    assert time.perf_counter() - began < 5
