"""An answer that helps: from the customer's question to the solved ticket."""

from mailgateway.desk.model import Status
from mailgateway.store.service import answers
from mailgateway.store.service.answers import Counts
from tests.end_to_end.office import Office, answer, message, to

OLA = "ola@example.pl"
ANSWER = """---
title: Jak ustawić nowe hasło
keywords: [zapomniałam, hasła, zalogować]
customers: true
---
Otwórz stronę <https://id.example.com/password>.
"""


def test_a_yes_to_an_answer_solves_the_ticket(office: Office) -> None:
    """The customer gets the answer with the receipt, says yes, and that is counted once."""
    folder = office.configuration.parent / "knowledge"
    folder.mkdir()
    (folder / "password.pl.md").write_text(ANSWER)
    added = "rules: routing.yaml, knowledge: knowledge}\nknowledge: {send_above: 0.8}"
    office.reconfigure("rules: routing.yaml}", added)
    office.write(message(f"Ola <{OLA}>", "Nowe hasło", "Nie mogę się zalogować, zapomniałam hasła."))
    letters = office.round()
    [receipt] = to(letters, OLA)
    assert "https://id.example.com/password" in receipt.mail.text
    assert "#answer password" in to(letters, "anna@example.com")[0].mail.text
    office.write(answer(receipt, OLA, "Tak, dziękuję!"))
    office.round()
    (number,) = office.numbers()
    assert office.ticket(number).ticket.status is Status.SOLVED
    with office.gateway.store.reading() as tx:
        assert answers.counts(tx) == {"password": Counts(proposed=1, sent=1, helped=1)}
