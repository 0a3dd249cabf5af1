"""`knowledge` and `tickets reply --answer`: answers listed, found and sent from the shell."""

import pytest

from tests.cli.shell import Shell

TONER = """---
title: Change the toner of a printer
keywords: [cartridge]
customers: true
---
Push the new one in.
"""
INSIDE = """---
title: The code of the toner cupboard
---
It is 4711.
"""


@pytest.fixture
def knowing(shell: Shell) -> Shell:
    """Give a desk with an answer for customers in a language, and one for agents."""
    folder = shell.folder / "knowledge"
    folder.mkdir()
    (folder / "toner.en.md").write_text(TONER)
    (folder / "cupboard.md").write_text(INSIDE)
    written = shell.configuration.read_text()
    shell.configuration.write_text(written.replace("rules: routing.yaml", "rules: routing.yaml, knowledge: knowledge"))
    assert shell.run("ingest", str(shell.mail("one.eml", "My matter"))).code == 0
    return shell


def test_answers_are_listed(knowing: Shell) -> None:
    """Each with its languages, who may see it, and what came of it; as objects and as a table."""
    ran = knowing.run("knowledge", "list", "--json")
    assert ran.objects == [
        {
            "name": name,
            "title": title,
            "languages": ["en"],
            "for_customers": seen,
            "proposed": 0,
            "inserted": 0,
            "sent": 0,
            "helped": 0,
            "not_helped": 0,
        }
        for name, title, seen in (
            ("cupboard", "The code of the toner cupboard", False),
            ("toner", "Change the toner of a printer", True),
        )
    ]
    shown = knowing.run("knowledge", "list").out
    assert {"Change", "the", "toner", "of", "a", "printer", "customers", "agents"} <= set(shown.split())
    assert max(map(len, shown.splitlines())) <= 80


def test_answers_are_searched_as_for_a_new_ticket(knowing: Shell) -> None:
    """The best first, with how well each fits; nothing alike is said so."""
    hits = knowing.run("knowledge", "search", "the cartridge of my printer", "--json").objects
    assert hits[0]["name"] == "toner"
    assert 0 < hits[0]["likeness"] <= 1
    assert "toner" in knowing.run("knowledge", "search", "cartridge", "printer").out
    assert "No answer has any of these words." in knowing.run("knowledge", "search", "lottery").out


def test_a_reply_may_be_an_answer_alone(knowing: Shell) -> None:
    """It stands in the ticket and goes to the requester; an unknown name is refused, and sends nothing."""
    (number,) = (str(one["number"]) for one in knowing.run("tickets", "list", "--json").objects)
    before = len(knowing.run("outbox", "list", "--json").objects)
    assert knowing.run("tickets", "reply", number, "--answer", "tonner").code != 0
    assert len(knowing.run("outbox", "list", "--json").objects) == before
    assert knowing.run("tickets", "reply", number, "--answer", "toner").code == 0
    shown = knowing.run("tickets", "show", number, "--json").only
    assert "Push the new one in." in shown["articles"][-1]["text"]
    assert shown["articles"][-1]["direction"] == "out"
    assert knowing.run("outbox", "list", "--json").objects[0]["to"] == "carla@customer.example"
    counted = {one["name"]: one["inserted"] for one in knowing.run("knowledge", "list", "--json").objects}
    assert counted == {"cupboard": 0, "toner": 1}


def test_a_report_tells_what_answers_did(knowing: Shell) -> None:
    """As an object, a value a line, and ticket by ticket."""
    assert knowing.run("tickets", "reply", "10001", "--answer", "toner").code == 0
    nothing = {"proposed": 0, "inserted": 0, "sent": 0, "helped": 0, "not_helped": 0}
    (told,) = knowing.run("report", "--period", "today", "--json").only["answers"]
    assert told == {"answer": "toner", **nothing, "inserted": 1, "before": nothing}
    written = knowing.run("report", "--period", "today", "--format", "csv").out.splitlines()
    assert {"answers,toner,inserted,1", "answers,toner,inserted_before,0"} <= set(written)
    (ticket,) = knowing.run("report", "--period", "today", "--list", "inserted:answer=Toner", "--json").objects
    assert (ticket["number"], ticket["answer"]) == (10001, "toner")
    assert "1 (0)" in knowing.run("report", "--period", "today").out


def test_an_answer_that_lost_its_file_keeps_its_counts(knowing: Shell) -> None:
    """Renamed or removed, it is listed by its old name after those that there are."""
    assert knowing.run("tickets", "reply", "10001", "--answer", "toner").code == 0
    folder = knowing.folder / "knowledge"
    (folder / "toner.en.md").rename(folder / "cartridge.en.md")
    *_, gone = knowing.run("knowledge", "list", "--json").objects
    assert (gone["name"], gone["inserted"], gone["title"], gone["languages"]) == ("toner", 1, None, [])
    assert {"toner", "(has", "no", "file"} <= set(knowing.run("knowledge", "list").out.split())
