"""docs/knowledge.md: its keys are those of the files, and its examples are right."""

import re
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

from ruamel.yaml import YAML

from mailgateway.config.service.knowledge import LONGEST, FrontMatter, read_knowledge
from mailgateway.desk.answers.knowledge import MOST_WORDS
from mailgateway.rules.compile import compile_rules
from tests.docs.pages import codes, page, rows
from tests.docs.test_rules import WORDS

TEXT = page("docs/knowledge.md")


def test_every_key_is_documented_and_no_other() -> None:
    """The table names each key that may stand above an answer."""
    named = {codes(cells[0])[0] for _, cells in rows(TEXT) if codes(cells[0])}
    assert named == set(FrontMatter.model_fields)


def test_the_answer_shown_is_right(tmp_path: Path) -> None:
    """Whoever copies it has an answer that checks."""
    [block] = re.findall(r"(?:^ {4}---\n)(?:^ {4}.*\n|^\n(?= {4}))+", TEXT, re.MULTILINE)
    (tmp_path / "toner.en.md").write_text(dedent(block))
    part = read_knowledge(tmp_path, WORDS)
    assert part.findings == ()
    assert part.for_customers == ("toner",)


def test_the_rule_shown_is_right() -> None:
    """It compiles where there is such an answer."""
    [block] = re.findall(r"^ {6}rules:\n(?:^ {6}.*\n)+", TEXT, re.MULTILINE)
    words = replace(WORDS, answers=("toner",))
    assert compile_rules(YAML(typ="safe").load(dedent(block)), lambda _: (1, 1), "routing.yaml", words).findings == ()


def test_the_bounds_are_the_real_ones() -> None:
    """Numbers on the page are those of the code."""
    assert f"{LONGEST:,} characters" in TEXT
    assert f"first {MOST_WORDS} words" in TEXT
