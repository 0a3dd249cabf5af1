"""The words by which answers are searched for."""

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.answers.knowledge import MOST_WORDS, Answer, Library, likeness, query_of
from mailgateway.desk.answers.words import are_alike, bare, words_of


def test_case_accents_and_common_words_do_not_count() -> None:
    """What is left is what a text is about."""
    assert bare("Żółć Straße ÉTÉ") == "zolc strasse ete"
    assert words_of("Dzień dobry, proszę o nowy TONER do drukarki (drukarki!)") == ("nowy", "toner", "drukarki")


def test_forms_of_a_word_are_alike() -> None:
    """Endings make no difference, short words are taken as they are."""
    assert are_alike("drukarka", "drukarke")
    assert are_alike("print", "printing")
    assert not are_alike("contract", "contact")
    assert not are_alike("vpn", "vpns")


def test_what_an_answer_is_about_counts_more_than_what_it_says() -> None:
    """Title, tags and keywords decide; a mail about something else is near 0."""
    answer = Answer("vpn", "en", "Set up the VPN", "Install the client.", keywords=("tunnel", "remote"))
    sure = likeness(answer, "VPN tunnel", "remote access is broken")
    assert sure > 0.8 > likeness(answer, "Client", "install it") > likeness(answer, "Lunch", "pizza") == 0


def test_the_language_falls_back() -> None:
    """The region's own, its base, the next best, English; customers get theirs alone."""
    library = Library((Answer("a", "en", "t", "s", for_customers=True), Answer("a", "pl", "t", "s")))
    assert getattr(library.find("a", "pl-PL"), "language", "") == "pl"
    assert getattr(library.find("a", "fr", "de"), "language", "") == "en"
    assert getattr(library.for_customer("a", "pl"), "language", "") == "en"
    assert library.find("b", "en") is None


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_queries_are_words_and_few(subject: str, text: str) -> None:
    """Whatever a mail says, a query is a bounded list of letters and digits."""
    words = query_of(subject, text)
    assert len(words) <= MOST_WORDS
    assert all(word.replace("_", "-").isalnum() and len(word) <= 40 for word in words)
