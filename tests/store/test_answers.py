"""Answers are found by the words of a mail, on both databases; the index follows the files."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from mailgateway.desk.answers.changes import InsertAnswer, JudgeAnswer, ProposeAnswers, SendAnswer
from mailgateway.desk.answers.knowledge import Answer, AnswerOutcome, Library, Proposal, likeness, query_of
from mailgateway.store import schema
from mailgateway.store.engine import Store
from mailgateway.store.service.answers import Counts, counts, search
from mailgateway.store.tables.answers import AnswerUseRow
from mailgateway.store.tickets.apply import apply
from tests.store.conftest import Opener
from tests.store.examples import open_ticket, working

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


USED = {
    "toner": Counts(proposed=2, inserted=1, sent=1, helped=1),
    "vpn": Counts(proposed=1),
    "wi-fi.2": Counts(inserted=2),
}


def _use(store: Store) -> None:
    first, second = open_ticket(store), open_ticket(store)
    with store.writing() as tx:
        sent = (SendAnswer("toner", "en", "1"), JudgeAnswer("toner", AnswerOutcome.HELPED))
        proposed = ProposeAnswers((Proposal("toner", 1.0), Proposal("vpn", 0.305)))
        apply(tx, working(first, proposed, *sent, InsertAnswer("wi-fi.2", "en", "1")), None)
        inserted = (InsertAnswer("wi-fi.2", "pl", "2"), InsertAnswer("toner", "pl", "1"))
        apply(tx, working(second, ProposeAnswers((Proposal("toner", 0.4),)), *inserted), None)


def test_all_that_answers_did_is_counted_by_their_names(store: Store) -> None:
    """Proposed, inserted, sent, and what customers said of it."""
    _use(store)
    with store.reading() as tx:
        assert counts(tx) == USED


def test_what_answers_did_in_earlier_revisions_is_read_out_of_the_events(store: Store) -> None:
    """The migration finds what is written down today."""
    _use(store)
    with store.writing() as tx:
        tx.connection.execute(delete(AnswerUseRow))
        assert counts(tx) != USED
        name = next(Path(schema.__file__).with_name("migrations").glob("versions/*_answer_uses.py")).stem
        import_module(f"mailgateway.store.migrations.versions.{name}")._fill(tx.connection)
        assert counts(tx) == USED
