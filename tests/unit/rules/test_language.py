"""Rules beyond single tests: names, events, groups of expressions, lists, zones, and texts of many languages."""

from dataclasses import replace
from datetime import timedelta, timezone, tzinfo

import pytest

from mailgateway.mail.model import Kind, Mail
from mailgateway.rules.compile import Compiled, compile_rules
from mailgateway.rules.evaluate import evaluate
from mailgateway.rules.explain import as_trace
from mailgateway.rules.language import language_of
from mailgateway.rules.schema import ActionName, Event, Question
from tests.unit.rules.examples import QUESTION, WORDS, problems, ruleset

PRINTER = {"field": "subject", "contains": "printer"}


def compiled(document: dict[str, object]) -> Compiled:
    """Compile a document with lists and time zones at hand."""

    def plus_two(_: str) -> tzinfo:
        return timezone(timedelta(hours=2))

    words = replace(WORDS, read_list=lambda name: ("jan@sub.customer.example", name), find_timezone=plus_two)
    return compile_rules(document, lambda _: (1, 1), "routing.yaml", words)


def test_a_condition_with_a_name_is_used_by_it() -> None:
    """Rules share conditions, which may speak of each other, and the trace says the name."""
    document: dict[str, object] = {
        "conditions": {
            "printing": PRINTER,
            "hardware": {"any": [{"condition": "printing"}, {"field": "body", "contains": "toner"}]},
        },
        "rules": [{"name": "a", "when": {"condition": "hardware"}, "then": {"group": "hardware"}}],
    }
    made = compiled(document)
    assert made.findings == ()
    routing = evaluate(made.ruleset, QUESTION)
    assert routing.matched == ("a",)
    assert routing.steps[0].why.startswith('hardware: printing: subject contains "printer": yes')


def test_conditions_in_a_circle_are_refused() -> None:
    """Conditions that name each other have no end."""
    circle = {"a": {"not": {"condition": "b"}}, "b": {"condition": "a"}}
    found = problems({"conditions": circle, "rules": []})
    assert found == ["these conditions name each other without end: a -> b -> a"]


def test_none_is_the_contrary_of_any() -> None:
    """`none` holds where no part does."""
    rules = ruleset(
        {"name": "yes", "when": {"none": [{"field": "subject", "contains": "x-ray"}]}, "then": {"tags": "a"}},
        {"name": "no", "when": {"none": [{"field": "subject", "contains": "x-ray"}, PRINTER]}, "then": {"tags": "b"}},
    )
    assert evaluate(rules, QUESTION).matched == ("yes",)


def test_rules_are_asked_at_their_events_alone() -> None:
    """A rule without `on` is for new matters, others for what they say."""
    rules = ruleset(
        {"name": "new", "when": PRINTER, "then": {"tags": "a"}},
        {"name": "later", "on": "follow_up", "when": PRINTER, "then": {"tags": "b"}},
        {"name": "both", "on": ["new", "follow_up"], "when": PRINTER, "then": {"tags": "c"}},
    )
    assert evaluate(rules, QUESTION).matched == ("new", "both")
    assert evaluate(rules, replace(QUESTION, event=Event.FOLLOW_UP)).matched == ("later", "both")


@pytest.mark.parametrize("on", ["monday", [], 5, ["new", "x"]])
def test_an_unknown_event_is_refused(on: object) -> None:
    """`on` names events that there are."""
    document = {"rules": [{"on": on, "when": "always", "then": {"tags": "x"}}]}
    assert any(problem.startswith("on: takes new, follow_up") for problem in problems(document))


@pytest.mark.parametrize("action", [{"discard": True}, {"reject": "No."}, {"language": "pl"}])
def test_what_only_a_new_ticket_can_get_is_refused_for_follow_ups(action: dict[str, object]) -> None:
    """A mail that joins a ticket cannot be turned away."""
    document = {"rules": [{"on": "follow_up", "when": "always", "then": action}]}
    assert any("is for mail that opens a ticket" in problem for problem in problems(document))


def test_groups_of_expressions_fill_fields() -> None:
    """What an expression found stands in fields; a field whose group found nothing is left alone."""
    expression = r"the (?P<what>\w+) is (?:broken|(?P<how>\w+))"
    rules = ruleset(
        {
            "name": "a",
            "when": {"all": [{"field": "subject", "matches": expression}]},
            "then": {"ci": "{what}-1", "organisation": "{how}", "fields": {"thing": "a {what}", "state": "{how}"}},
        },
        {"name": "b", "when": "always", "then": {"fields": {"thing": "other", "more": 5}}},
    )
    routing = evaluate(rules, QUESTION)
    assert as_trace(routing)["actions"] == {
        "ci": {"value": "Printer-1", "rule": "a"},
        "fields": {"value": {"thing": "other", "more": "5"}, "rule": "a, b"},
    }


def test_groups_are_found_beside_words_of_any_alphabet() -> None:
    """Marks that stand for edges of words never get into a field."""
    rules = ruleset(
        {
            "when": {"field": "subject", "matches": r"\bdział (?P<name>\w+ \w+)\b"},
            "then": {"organisation": "{name}"},
        }
    )
    question = Question(Mail(subject="to dział Księgowości Głównej!"), Kind.NORMAL, "support")
    assert evaluate(rules, question).actions[ActionName.ORGANISATION].value == "Księgowości Głównej"


def test_lists_come_from_files() -> None:
    """A list in a file is one in the rule."""
    rule = {"when": {"field": "from", "in": {"file": "vip.txt"}}, "then": {"tags": "vip"}}
    made = compiled({"rules": [rule]})
    assert evaluate(made.ruleset, QUESTION).matched == ("rule 1",)


def test_times_are_those_of_the_zone() -> None:
    """The time of day is told in the time zone that the file names."""
    rule = {"when": {"field": "received.time", "equals": "11:30"}, "then": {"tags": "x"}}
    assert evaluate(compiled({"timezone": "Somewhere", "rules": [rule]}).ruleset, QUESTION).matched
    assert not evaluate(compiled({"rules": [rule]}).ruleset, QUESTION).matched


def test_tags_outside_a_declared_list_are_refused() -> None:
    """With `tags:` a misspelt tag is found."""
    document = {"tags": ["printer"], "rules": [{"when": "always", "then": {"tags": "pritner"}}]}
    assert problems(document) == ['unknown tag "pritner"; did you mean "printer"?']


@pytest.mark.parametrize("document", [{"tags": "x"}, {"timezone": 5}, {"timezone": "X/Y"}, {"conditions": []}])
def test_wrong_keys_of_the_document_are_told(document: dict[str, object]) -> None:
    """What stands beside the rules is checked as they are."""
    assert len(problems({"rules": [], **document})) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Cannot log in since this morning", "en"),
        ("Drukarka nie działa od rana, proszę o pomoc", "pl"),
        ("Où est ma commande ?", "fr"),
        ("VPN bricht ständig ab", "de"),
        ("会议室的投影仪坏了", "zh"),
        ("ok", ""),
        ("", ""),
        ("\x00\ud800\n", ""),
    ],
)
def test_languages_are_told_where_they_are_certain(text: str, code: str) -> None:
    """A code where it is certain, nothing elsewhere; no text breaks it."""
    assert language_of(text) == code


def test_a_ruleset_knows_what_it_asks_for() -> None:
    """Facts that no rule asks for need not be gathered."""
    rules = ruleset({"when": {"not": {"any": [{"field": "auth.spf", "equals": "pass"}]}}, "stop": True})
    assert rules.asks_for("auth.")
    assert not rules.asks_for("ticket.")
