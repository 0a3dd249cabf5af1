"""Answers on their way: proposed to agents, sent to customers, judged by them."""

from csv import DictReader
from datetime import UTC, timedelta
from io import StringIO
from pathlib import Path

import pytest

from mailgateway.desk.model import Status
from mailgateway.flows.ingest import ingest
from mailgateway.flows.lists import files_behind, list_behind
from mailgateway.flows.report import make_report
from mailgateway.mail.parse import parse
from mailgateway.reports.asked import read_asked
from mailgateway.reports.counted import Scope, Success
from mailgateway.reports.export import FOR_CUSTOMERS, LISTED
from mailgateway.reports.period import Period
from mailgateway.reports.report import Answer
from mailgateway.store.outgoing import outbox
from mailgateway.store.service import answers
from mailgateway.store.service.answers import Counts
from tests.end_to_end.office import Letter, answer, message
from tests.flows.bench import Bench

CUSTOMER = "Ola Nowak <ola@customer.example>"
LISTS = ("helped:answer=TONER", "sent_answer", "proposed:answer=toner", "helped:answer=inside")
TONER_EN = """---
title: Change the toner of a printer
keywords: [cartridge, faint]
customers: true
---
Push the **new** one in. See [the pictures](https://example.com/toner) or [more](inside.en.md).
"""
TONER_PL = """---
title: Wymiana tonera w drukarce
keywords: [wkład, blado]
customers: true
---
Wsuń nowy wkład, aż kliknie.
"""
INSIDE = """---
title: The code of the toner cupboard
---
It is 4711.
"""


@pytest.fixture
def knowing(bench: Bench, tmp_path: Path) -> Bench:
    """Give a desk with a few answers, which sends those that fit well."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    for name, text in (("toner.en.md", TONER_EN), ("toner.pl.md", TONER_PL), ("inside.en.md", INSIDE)):
        (folder / name).write_text(text)
    configuration = tmp_path / "gateway.yaml"
    written = configuration.read_text().replace("rules: routing.yaml", "rules: routing.yaml, knowledge: knowledge")
    configuration.write_text(f"{written}knowledge: {{send_above: 0.7}}\n")
    bench.gateway.reload()
    return bench


def letters(bench: Bench) -> list[Letter]:
    """Return every letter as it will be sent, oldest first."""
    with bench.store.reading() as tx:
        found = [(line, outbox.letter(tx, line.id)) for line in bench.letters()]
    return [Letter(one.envelope_from, line.to, parse(one.content), one.content) for line, one in found]


def counts(bench: Bench) -> dict[str, Counts]:
    """Return how often each answer was sent, and what came of it."""
    with bench.store.reading() as tx:
        return answers.counts(tx)


def events(bench: Bench, number: int) -> list[str]:
    """Return what happened to a ticket."""
    return [event.what for event in bench.ticket(number).events]


def test_a_fitting_answer_goes_to_the_customer_and_is_proposed_to_agents(knowing: Bench) -> None:
    """The receipt has it in the customer's language, agents get the command and what else may fit."""
    knowing.arrive(message("ola@example.pl", "Toner w drukarce", "Drukarka drukuje blado, chyba pusty toner."))
    knowing.ingest()
    receipt, notification = letters(knowing)
    assert "Wsuń nowy wkład, aż kliknie." in receipt.mail.text
    assert "Czy to pomogło?" in receipt.mail.text
    assert "#answer toner" in notification.mail.text
    assert "#answer inside" in notification.mail.text
    assert "4711" not in receipt.mail.text + notification.mail.text
    assert {"answers_proposed", "answer_sent"} <= set(events(knowing, 10001))
    assert counts(knowing) == {"toner": Counts(proposed=1, sent=1), "inside": Counts(proposed=1)}


def test_markdown_becomes_safe_html_and_plain_text(knowing: Bench) -> None:
    """Links to the web are links, others leave their words."""
    knowing.arrive(message(CUSTOMER, "Change toner cartridge", "The printer prints faint."))
    knowing.ingest()
    receipt = letters(knowing)[0].mail
    assert "Push the new one in. See the pictures (https://example.com/toner) or more." in " ".join(
        receipt.text.split()
    )
    assert '<a href="https://example.com/toner"' in (receipt.html or "")
    assert "inside.en.md" not in (receipt.html or "") + receipt.text


@pytest.mark.parametrize(
    ("said", "status", "counted"),
    [
        ("Yes, thank you!\n\nOla Nowak", Status.SOLVED, Counts(1, 0, 1, 1, 0)),
        ("No, it still prints faint.", Status.NEW, Counts(1, 0, 1, 0, 1)),
        ("Yes, but now it is jammed.", Status.NEW, Counts(1, 0, 1, 0, 0)),
    ],
)
def test_the_customer_says_whether_it_helped(knowing: Bench, said: str, status: Status, counted: Counts) -> None:
    """A bare yes solves the ticket, a no is a follow-up, and anything more is read by a person."""
    knowing.arrive(message(CUSTOMER, "Change toner cartridge", "The printer prints faint."))
    knowing.ingest()
    knowing.arrive(answer(letters(knowing)[0], CUSTOMER, said))
    knowing.ingest()
    assert knowing.ticket(10001).ticket.status is status
    assert counts(knowing)["toner"] == counted
    assert letters(knowing)[-1].recipient == "anna@example.com"


def test_a_yes_counts_once_and_not_after_the_desk_has_answered(knowing: Bench) -> None:
    """What is said to a person is no judgement; a second yes is a follow-up as any."""
    knowing.arrive(message(CUSTOMER, "Change toner cartridge", "The printer prints faint."))
    knowing.ingest()
    receipt, notification, *_ = letters(knowing)
    knowing.arrive(answer(notification, notification.recipient, "May I come at ten?"))
    knowing.ingest()
    knowing.arrive(answer(receipt, CUSTOMER, "Yes"))
    knowing.ingest()
    assert knowing.ticket(10001).ticket.status is Status.OPEN
    assert counts(knowing)["toner"] == Counts(1, 0, 1, 0, 0)


def test_somebody_else_cannot_say_yes(knowing: Bench) -> None:
    """A participant, or who guessed the number, solves nothing."""
    knowing.arrive(message(CUSTOMER, "Change toner cartridge", "It prints faint.", cc=("eve@evil.example",)))
    knowing.ingest()
    receipt = letters(knowing)[0]
    knowing.arrive(answer(receipt, "eve@evil.example", "yes"), message(CUSTOMER, "Re: [#10001] Toner", "yes"))
    knowing.ingest()
    assert counts(knowing)["toner"] == Counts(1, 0, 1, 0, 0)


def test_machines_get_no_answer(knowing: Bench) -> None:
    """Nothing is sent, searched or counted for a mail that is not to be answered."""
    auto = (("Auto-Submitted", "auto-generated"),)
    knowing.arrive(message(CUSTOMER, "Change toner cartridge", "It prints faint.", headers=auto))
    knowing.ingest()
    assert counts(knowing) == {}
    assert "answer_sent" not in events(knowing, 10001)


def test_an_agent_puts_an_answer_into_a_reply(knowing: Bench) -> None:
    """`#answer` goes before the agent's words; one that is for the desk alone goes into notes only."""
    knowing.arrive(message(CUSTOMER, "It hums", "Please help."))
    knowing.ingest()
    notification = letters(knowing)[-1]
    knowing.arrive(answer(notification, notification.recipient, "#answer toner\nBetter now?"))
    knowing.ingest()
    reply = letters(knowing)[-1].mail.text
    assert reply.index("Push the new one in.") < reply.index("Better now?")
    assert "answer_inserted" in events(knowing, 10001)

    knowing.arrive(answer(notification, notification.recipient, "#answer inside"))
    knowing.ingest()
    assert "for the desk alone" in letters(knowing)[-1].mail.text
    knowing.arrive(answer(notification, notification.recipient, "#note\n#answer inside"))
    knowing.ingest()
    assert knowing.ticket(10001).articles[-1].article.text == "It is 4711."
    assert counts(knowing) == {"toner": Counts(inserted=1), "inside": Counts(inserted=1)}


def test_a_report_tells_what_answers_did_with_the_tickets_behind_it(knowing: Bench) -> None:
    """Each answer by its name, beside the period before; customers see nothing of it."""
    knowing.arrive(message(CUSTOMER, "Change toner cartridge", "The printer prints faint."))
    knowing.ingest()
    knowing.arrive(answer(letters(knowing)[0], CUSTOMER, "Yes"))
    knowing.ingest()
    day = Period(knowing.now.date(), knowing.now.date(), UTC)
    policy, later = knowing.gateway.policy, knowing.now + timedelta(hours=1)
    with knowing.store.reading() as tx:
        made = make_report(tx, day, Scope(), policy, later)
        listed = [list_behind(tx, read_asked(asked), day, Scope(), policy, later) for asked in LISTS]
        files = {one.filename: one.content for one in files_behind(tx, made, policy, later, LISTED)}
        hidden = {one.filename for one in files_behind(tx, made.for_customer(), policy, later, FOR_CUSTOMERS)}
    toner, inside = made.answers
    assert (toner, inside.now) == (Answer("toner", Success(1, 0, 1, 1), Success()), Success(1))
    assert [[(one.number, one.answer) for one in some] for some in listed] == [[(10001, "toner")]] * 3 + [[]]
    assert [row["answer"] for row in DictReader(StringIO(files["proposed.csv"].decode()))] == ["inside", "toner"]
    assert {"sent_answer.csv", "helped.csv"} <= files.keys()
    assert "proposed.csv" not in hidden
    assert "answer" not in FOR_CUSTOMERS
    assert not made.for_customer().answers
    assert {"answer toner", "answer inside"} <= set(made.inside)


def test_a_desk_without_answers_asks_no_database_for_them(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no knowledge, nothing is searched."""
    monkeypatch.setattr(answers, "search", lambda *_: pytest.fail("searched"))
    bench.arrive(message(CUSTOMER, "Change toner cartridge", "It prints faint."))
    assert ingest(bench.desk, 1) == "opened"
