"""docs/rules.md explains the whole language, with examples that compile."""

import re
from io import StringIO
from pathlib import Path
from textwrap import dedent
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from mailgateway.config.load import load
from mailgateway.desk.model import News, Priority, Status, TicketType
from mailgateway.mail.model import Kind
from mailgateway.rules.compile import compile_rules
from mailgateway.rules.fields import FIELDS, HEADER
from mailgateway.rules.operators import OPERATORS
from mailgateway.rules.schema import ActionName, Event
from mailgateway.rules.vocabulary import Vocabulary
from tests.docs.pages import codes, page, rows, section
from tests.unit.config.examples import write

TEXT = page("docs/rules.md")
WORDS = Vocabulary(
    groups=("hardware",),
    agents=("anna",),
    mailboxes=("support",),
    types=tuple(one.value for one in TicketType),
    priorities=tuple(one.value for one in Priority),
    statuses=tuple(one.value for one in Status),
    news=tuple(one.value for one in News),
    read_list=lambda name: (name,),
    calendars=("office",),
    service_levels=("premium",),
    find_timezone=ZoneInfo,
    leads={"hardware": "anna"},
)

BLOCKS = re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", TEXT, re.MULTILINE)
GROUPS = """
agents:
  - {name: anna, address: anna@example.com}
groups:
  - {name: first-line, members: [anna]}
  - {name: hardware, members: [anna], lead: anna}
"""


def table(title: str) -> dict[str, list[str]]:
    """Return the table below a heading: its first column's code, and the other cells."""
    return {codes(cells[0])[0]: cells[1:] for _, cells in rows(section(TEXT, title)) if codes(cells[0])}


def problems(rule: dict[str, object]) -> list[str]:
    """Return what the compiler has against a rule."""
    document = {"conditions": {"office hours": "always"}, "rules": [rule]}
    return [finding.problem for finding in compile_rules(document, lambda _: (1, 1), "routing.yaml", WORDS).findings]


def test_every_word_of_the_language_is_explained_and_no_other() -> None:
    """Fields, operators and actions on the page are those of the language."""
    assert set(table("Fields")) == {*FIELDS, f"{HEADER}NAME"}
    assert set(table("Operators")) == set(OPERATORS)
    assert set(table("Actions")) == {name.value for name in ActionName}
    assert {kind.value for kind in Kind} <= set(codes(table("Fields")["kind"][0]))


@pytest.mark.parametrize(
    ("title", "word"), [(title, word) for title in ("Fields", "Operators") for word in table(title)]
)
def test_every_condition_shown_is_right(title: str, word: str) -> None:
    """The example of a field or operator uses it, and compiles."""
    [example] = codes(table(title)[word][-1])
    condition = YAML(typ="safe").load(example)
    assert word in (*condition, condition["field"]) or condition["field"].startswith(HEADER)
    on = ["new", "follow_up"] if word.startswith("ticket.") else "new"
    assert problems({"on": on, "when": condition, "then": {"group": "hardware"}}) == []


@pytest.mark.parametrize("word", table("Conditions"))
def test_every_combination_shown_is_right(word: str) -> None:
    """The example of a way to combine conditions compiles."""
    [example] = codes(table("Conditions")[word][-1])
    assert problems({"when": YAML(typ="safe").load(example), "then": {"group": "hardware"}}) == []


@pytest.mark.parametrize("word", table("Actions"))
def test_every_action_shown_is_right(word: str) -> None:
    """The example of an action is that action, and compiles."""
    [example] = codes(table("Actions")[word][-1])
    then = YAML(typ="safe").load(example)
    assert list(then) == [word]
    found = r"\b(?P<host>srv-\d+)\b"
    assert problems({"when": {"field": "subject", "matches": found}, "then": then}) == []


def test_the_rules_shown_are_right() -> None:
    """Every block of rules on the page is a document that compiles."""
    blocks = [block for block in BLOCKS if "rules:" in block]
    assert len(blocks) >= 2
    for block in blocks:
        document = YAML(typ="safe").load(dedent(block))
        assert compile_rules(document, lambda _: (1, 1), "routing.yaml", WORDS).findings == ()


def test_the_tests_shown_hold_for_the_rules_shown(tmp_path: Path) -> None:
    """The rules of the page's examples, all in one file, with the tests of the page beside them."""
    blocks = [YAML(typ="safe").load(dedent(block)) for block in BLOCKS if "rules:" in block]
    path = write(tmp_path, routing=_together(blocks))
    (tmp_path / "groups.yaml").write_text(GROUPS)
    (tmp_path / "vip.txt").write_text("boss@customer.example\n")
    [shown] = [dedent(block) for block in BLOCKS if "tests:" in block]
    (tmp_path / "routing.tests.yaml").write_text(shown)
    assert len(YAML(typ="safe").load(shown)["tests"]) == 3
    assert {mark.value for mark in Event} == {event for rule in load(path).ruleset.rules for event in rule.on}


def _together(documents: list[dict[str, Any]]) -> str:
    whole: dict[str, Any] = {"conditions": {}, "rules": []}
    for document in documents:
        whole["conditions"] |= document.get("conditions", {})
        whole["rules"] += document["rules"]
    written = StringIO()
    YAML(typ="safe").dump(whole, written)
    return written.getvalue()
