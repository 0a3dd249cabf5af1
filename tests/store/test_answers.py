"""Answers are found by the words of a mail, on both databases; the index follows the files."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgateway.desk.answers.knowledge import Answer, Library, likeness, query_of
from mailgateway.store.engine import Store
from mailgateway.store.service.answers import search
from tests.store.conftest import Opener

VPN = Answer(
    "vpn", "en", "Set up the VPN", "Install the client and enter your token.", ("network",), ("remote",), version="1"
)
VPN_PL = Answer("vpn", "pl", "Jak ustawić VPN", "Zainstaluj klienta i wpisz token.", ("sieć",), version="1")
PRINTER = Answer("toner", "pl", "Wymiana tonera w drukarce", "Otwórz drukarkę i wyjmij pusty toner.", version="1")
PASSWORD = Answer("password", "en", "Reset your password", "Open the portal. A letter has a code.", version="1")
HOLIDAY = Answer("holiday", "en", "Ask for holidays", "The VPN is not needed for that, nor a printer.", version="1")
LIBRARY = Library((VPN, VPN_PL, PRINTER, PASSWORD, HOLIDAY), version="v1")


def found(store: Store, text: str, language: str = "", library: Library = LIBRARY) -> list[str]:
    """Return the names of what is found, best first."""
    with store.writing() as tx:
        return list(dict.fromkeys(hit.name for hit in search(tx, library, query_of(text, ""), language)))


def test_a_title_weighs_more_than_a_mention(store: Store) -> None:
    """What an answer is about goes before what it only mentions."""
    assert found(store, "the vpn does not work", "en") == ["vpn", "holiday"]


@pytest.mark.parametrize("text", ["drukarki nie drukują", "DRUKARKĘ proszę", "brak toneru", "wymienic toner"])
def test_forms_and_diacritics_make_no_difference(store: Store, text: str) -> None:
    """Other forms of a word, in any case and with or without its accents, find it without a stemmer."""
    assert "toner" in found(store, text)


def test_a_language_that_the_database_knows_is_stemmed_or_found_by_beginnings(store: Store) -> None:
    """Passwords find a password."""
    assert found(store, "resetting passwords", "en")[0] == "password"


def test_nothing_alike_finds_nothing(store: Store) -> None:
    """Words that no answer has, and no words at all, give nothing; nor does an empty library."""
    assert found(store, "elephants") == []
    assert found(store, "the and of") == []
    assert found(store, "vpn", library=Library()) == []


def test_the_index_follows_the_files(store: Store) -> None:
    """A changed answer is found by its new words alone, one that was taken away not at all."""
    assert found(store, "vpn")
    changed = replace(VPN, title="Set up the tunnel", source="Dig.", version="2")
    after = Library((changed, PASSWORD), version="v2")
    assert found(store, "tunnel", library=after) == ["vpn"]
    assert found(store, "vpn", library=after) == []
    assert found(store, "toner", library=after) == []
    assert found(store, "password", library=after) == ["password"]


def test_many_may_find_the_index_old_at_once(opener: Opener) -> None:
    """It is made once, and all of them search the same."""
    stores = [opener() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda store: found(store, "vpn token"), stores)) == [["vpn", "holiday"]] * 4
    assert found(stores[0], "toner") == ["toner"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=300)
    | st.sampled_from(['" OR *', "NEAR(a b, 1)", "a:* & !b | (", "title: x", "'; DROP TABLE answers"])
)
def test_no_text_is_syntax(store: Store, text: str) -> None:
    """Whatever a mail says can be searched for."""
    found(store, text)
    for answer in LIBRARY.answers:
        assert 0 <= likeness(answer, text, text) <= 1
