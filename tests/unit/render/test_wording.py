"""Words of languages: values filled in, plural forms, and nothing that a text could reach beyond its values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from mailgateway.render.wording import Phrases, WordsError, as_html, filled, plural_form

NOTICE = "report"


def phrases(*tables: dict[str, object], language: str = "pl") -> Phrases:
    """Return the words of a notice."""
    return Phrases(language, NOTICE, tables)


def test_the_first_language_that_has_a_word_says_it() -> None:
    """A word of the notice goes before one of all notices, a better language before a worse one."""
    known = phrases({NOTICE: {"a": "1"}}, {"b": "2", NOTICE: {"a": "x", "c": "3"}})
    assert [known.phrase(key, {}) for key in "abc"] == ["1", "2", "3"]


def test_plural_forms_follow_the_number() -> None:
    """Polish counts in three ways."""
    known = phrases({NOTICE: {"tickets": {"one": "{n} zgłoszenie", "few": "{n} zgłoszenia", "many": "{n} zgłoszeń"}}})
    told = [known.phrase("tickets", {"n": n}) for n in (1, 3, 5, 22)]
    assert told == ["1 zgłoszenie", "3 zgłoszenia", "5 zgłoszeń", "22 zgłoszenia"]


@pytest.mark.parametrize(("language", "n", "form"), [("en", 1, "one"), ("pl-pl", 2, "few"), ("xx", 2, "other")])
def test_a_language_that_is_not_known_counts_as_english(language: str, n: int, form: str) -> None:
    """Any tag gives a form."""
    assert plural_form(language, n) == form


def test_values_are_escaped_where_the_text_is() -> None:
    """In HTML neither the text nor a value brings an element, unless the value is HTML already."""
    written = filled("<i>{who}</i> {number}", {"who": "<b>", "number": Markup("<b>1</b>")}, as_html)
    assert written == "&lt;i&gt;&lt;b&gt;&lt;/i&gt; <b>1</b>"


def test_a_missing_value_is_told() -> None:
    """The nearest value that there is, is named."""
    with pytest.raises(WordsError, match=r"\{numbr\} has no value here; did you mean \"number\"\?"):
        filled("{numbr}", {"number": 1})


@given(st.text())
def test_nothing_but_names_is_filled_in(value: str) -> None:
    """A value comes out as it is, never read as a text again; no attribute and no place of it can be asked for."""
    assert filled("{who}", {"who": value}) == value
    assert filled("{who.__class__} {0} {who!r} {", {"who": value}) == "{who.__class__} {0} {who!r} {"


@given(st.text(st.characters(exclude_characters="{")))
def test_a_text_without_names_stays_as_it_is(text: str) -> None:
    """Whatever a translator writes is written, closing braces too."""
    assert filled(text, {}) == text
