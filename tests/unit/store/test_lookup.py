"""The forms in which strangers' words are looked up."""

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.store.tables.columns import storable
from mailgateway.store.tables.lookup import LONGEST_KEY, address_key, lookup_key, possible_ids

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=600)


@given(ANY_TEXT)
def test_a_key_is_bounded_storable_and_its_own_key(text: str) -> None:
    """Any text has a key that every database takes, and looking up the key finds the same."""
    key = lookup_key(text)
    assert len(key) <= LONGEST_KEY
    assert key == storable(key)
    assert lookup_key(key) == key


def test_short_words_are_their_own_keys_and_long_ones_are_told_apart() -> None:
    """Only what is too long becomes a digest, each its own."""
    assert lookup_key("m1@x") == "m1@x"
    assert lookup_key("x" * LONGEST_KEY) == "x" * LONGEST_KEY
    assert lookup_key("x" * 300) != lookup_key("x" * 301)


def test_addresses_are_looked_up_whatever_their_case() -> None:
    """Anna@Example.com is anna@example.com."""
    assert address_key("Anna@Example.COM") == address_key("anna@example.com")


@given(ANY_TEXT)
def test_storable_text_is_utf8_without_nul_and_stays_so(text: str) -> None:
    """What cannot be stored is replaced letter by letter; everything else is untouched."""
    clean = storable(text)
    clean.encode()
    assert "\0" not in clean
    assert len(clean) == len(text)
    assert all(after in (before, "\ufffd") for before, after in zip(text, clean, strict=True))


def test_only_numbers_that_a_row_can_have_are_asked_for() -> None:
    """Zero, negative and endless numbers are left out; the rest is sorted, each once."""
    assert possible_ids([5, 0, -3, 2**63, 2**63 - 1, 5, 1]) == [1, 5, 2**63 - 1]
