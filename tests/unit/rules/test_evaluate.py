"""How rules decide, and how they say why."""

import json

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mail.model import Address, Headers, Kind, Mail
from mailgateway.rules.evaluate import evaluate
from mailgateway.rules.explain import as_trace
from mailgateway.rules.schema import ActionName, Decided, Question, Ruleset, Step
from tests.unit.rules.examples import QUESTION, ask, ruleset

PRINTER = {"field": "subject", "contains": "printer"}
SCANNER = {"field": "subject", "contains": "scanner"}


def test_every_match_applies_and_the_last_word_counts() -> None:
    """Rules refine each other in the order of the file; tags add up."""
    rules = ruleset(
        {"name": "a", "when": PRINTER, "then": {"group": "hardware", "priority": "low", "tags": ["x", "y"]}},
        {"name": "b", "when": SCANNER, "then": {"priority": "normal"}},
        {"name": "c", "when": "always", "then": {"priority": "high", "tags": ["y", "z"]}},
    )
    routing = evaluate(rules, QUESTION)
    assert routing.matched == ("a", "c")
    assert routing.actions == {
        ActionName.GROUP: Decided("hardware", "a"),
        ActionName.PRIORITY: Decided("high", "c"),
        ActionName.TAGS: Decided(("x", "y", "z"), "a, c"),
    }
    assert [step.matched for step in routing.steps] == [True, False, True]


def test_stop_ends_the_search() -> None:
    """A rule that stops leaves the later ones untried, and unmentioned; one that does not hold stops nothing."""
    rules = ruleset(
        {"name": "miss", "when": SCANNER, "stop": True},
        {"name": "hit", "when": PRINTER, "stop": True},
        {"name": "late", "when": "always", "then": {"group": "hardware"}},
    )
    routing = evaluate(rules, QUESTION)
    assert routing.matched == ("hit",)
    assert [step.rule for step in routing.steps] == ["miss", "hit"]
    assert routing.actions == {}


def test_no_rules_decide_nothing() -> None:
    """Without rules everything is left to the mailbox's default."""
    assert evaluate(Ruleset(), QUESTION).actions == {}


def test_all_any_and_not_nest() -> None:
    """Conditions combine as in logic."""
    assert ask({"all": [PRINTER, {"not": SCANNER}]}).matched
    assert ask({"any": [SCANNER, {"all": [PRINTER, {"any": [SCANNER, PRINTER]}]}]}).matched
    assert not ask({"not": {"any": [SCANNER, PRINTER]}}).matched
    assert not ask({"all": [PRINTER, SCANNER]}).matched


def why(when: object) -> str:
    """Return the reason that the trace gives."""
    return ask(when).steps[0].why


def test_the_trace_names_what_decided() -> None:
    """A step says which condition decided, and the value it saw."""
    seen = '"The Printer is broken"'
    assert why(PRINTER) == f'subject contains "printer": yes, {seen}'
    assert why(SCANNER) == f'subject contains "scanner": no, {seen}'
    assert why({"all": [PRINTER, SCANNER]}) == f'subject contains "scanner": no, {seen}'
    assert why({"any": [SCANNER, PRINTER]}) == f'subject contains "printer": yes, {seen}'
    assert why({"not": SCANNER}) == f'not (subject contains "scanner": no, {seen})'
    assert why({"field": "header.X-No", "exists": True}) == "header.X-No exists: no, there is none"
    assert why({"field": "to", "in": ["a", "b"]}) == (
        'to in ["a", "b"]: no, "support@example.com", "boss@customer.example"'
    )
    assert why("always") == "always"


def test_steps_carry_the_line_of_their_rule() -> None:
    """A person finds the rule in the file."""
    assert ask(SCANNER).steps[0] == Step("it", 1, matched=False, why=why(SCANNER))


@given(
    st.text(max_size=300),
    st.text(max_size=3000),
    st.lists(st.text(max_size=300), max_size=30),
)
def test_any_mail_gives_a_short_and_safe_trace(subject: str, body: str, more: list[str]) -> None:
    """Whatever a mail holds, the rules answer, and the trace is bounded, JSON, and without control characters."""
    mail = Mail(
        subject=subject,
        text=body,
        to=tuple(Address("", text) for text in more),
        headers=Headers(tuple(("X-Any", text) for text in more)),
    )
    fields = ("subject", "body", "to", "header.X-Any")
    tests = [{"field": field, "matches": r"\bx\b"} for field in fields]
    rules = ruleset(
        {"when": {"any": tests}, "then": {"group": "hardware"}}, {"when": {"all": tests}, "then": {"tags": "x"}}
    )
    routing = evaluate(rules, Question(mail, Kind.NORMAL, "support"))
    for step in routing.steps:
        assert len(step.why) < 5_000
        assert not any(char < " " or "\x7f" <= char < "\xa0" for char in step.why)
    json.dumps(as_trace(routing)).encode()


def test_lone_surrogates_do_no_harm() -> None:
    """What no encoding can hold is searched like anything else."""
    question = Question(Mail(subject="ab \ud800 ę printer"), Kind.NORMAL, "support")
    assert ask({"field": "subject", "matches": r"\bprinter\b"}, question).matched


def test_the_stored_trace_has_the_fixed_keys() -> None:
    """Scripts read matched, actions and steps; a tag list is a list."""
    rules = ruleset({"name": "a", "when": PRINTER, "then": {"tags": "x", "discard": False}})
    assert as_trace(evaluate(rules, QUESTION)) == {
        "matched": ["a"],
        "actions": {"tags": {"value": ["x"], "rule": "a"}, "discard": {"value": False, "rule": "a"}},
        "steps": [
            {"rule": "a", "line": 1, "result": True, "why": 'subject contains "printer": yes, "The Printer is broken"'}
        ],
    }
