"""Mistakes in rules: every one at once, each with its place and its mend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.rules.actions import ACTIONS
from mailgateway.rules.compile import compile_rules
from mailgateway.rules.schema import ActionName, AllOf, AnyOf, FieldTest, Not
from mailgateway.rules.vocabulary import Vocabulary
from tests.unit.rules.examples import WORDS, problems, problems_of, ruleset

TEST = {"field": "subject", "contains": "x"}


def test_a_rule_becomes_a_value() -> None:
    """Names are taken in the spelling of the directory, a missing one is the rule's number."""
    rules = ruleset(
        {"when": {"all": [TEST, {"any": [TEST]}, {"not": TEST}]}, "then": {"group": "HARDWARE", "tags": "one"}},
        {"name": "last", "when": "always", "stop": True},
    ).rules
    assert [rule.name for rule in rules] == ["rule 1", "last"]
    assert rules[0].then == {ActionName.GROUP: "hardware", ActionName.TAGS: ("one",)}
    assert isinstance(rules[0].when, AllOf)
    assert [type(part) for part in rules[0].when.parts] == [FieldTest, AnyOf, Not]
    assert rules[1].when == AllOf()
    assert rules[1].stop


def test_every_action_has_a_reader() -> None:
    """No action of the language is forgotten."""
    assert set(ACTIONS) == set(ActionName)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (None, 'the file holds "rules:"'),
        ([], 'the file holds "rules:"'),
        ({}, '"rules" is missing'),
        ({"rules": {}}, "rules: takes a list"),
        ({"rules": [], "rulez": 1}, 'unknown key "rulez"; did you mean "rules"?'),
        ({"rules": ["x"]}, "a rule has the keys name, when and then"),
        ({"rules": [{"when": "always"}]}, "the rule does nothing"),
        ({"rules": [{"when": "always", "then": {}}]}, "the rule does nothing"),
        ({"rules": [{"when": "always", "then": "x"}]}, "then: takes actions"),
        ({"rules": [{"then": {"tags": "x"}}]}, '"when" is missing'),
        ({"rules": [{"when": "always", "stop": "yes"}]}, 'stop: is true or false, not "yes"'),
        ({"rules": [{"when": "always", "stop": True, "wehn": 1}]}, 'did you mean "when"?'),
        ({"rules": [{"name": "", "when": "always", "stop": True}]}, "a rule's name is a text"),
        ({"rules": [{"name": 5, "when": "always", "stop": True}]}, "not the number 5"),
        ({"rules": [{"name": "a\nb", "when": "always", "stop": True}]}, "on one line"),
        ({"rules": [{"name": n, "when": "always", "stop": True} for n in ("a", "A")]}, "two rules are called"),
    ],
)
def test_a_wrong_document_is_explained(document: object, said: str) -> None:
    """The form of the file and of a rule."""
    assert any(said in problem for problem in problems(document))


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (None, "this is nothing"),
        ("alway", '"always"; this is "alway"'),
        ({}, "this is empty"),
        ([TEST], 'write "all:" or "any:" above the list'),
        ({"all": []}, "not an empty list"),
        ({"any": TEST}, "any: takes a list of conditions"),
        ({"not": [TEST]}, 'write "all:" or "any:" above the list'),
        ({"all": [TEST], "any": [TEST]}, "all and any stand beside each other"),
        ({"al": [TEST]}, 'unknown key "al"; did you mean "all"?'),
        ({"contains": "x"}, '"field" is missing'),
        ({"field": "subject"}, "the operator is missing"),
        ({"field": "subject", "contain": "x"}, 'unknown operator "contain"; did you mean "contains"?'),
        ({"field": "subject", "contains": "x", "equals": "y"}, "not contains and equals"),
        ({"field": "subject", "not": TEST}, "not: is a condition of its own"),
        ({"field": "subjct", "contains": "x"}, 'unknown field "subjct"; did you mean "subject"?'),
        ({"field": "header.", "contains": "x"}, "unknown field"),
        ({"field": "header.a b", "contains": "x"}, "unknown field"),
        ({"field": 5, "contains": "x"}, "a field is a word"),
        ({"field": "subject", "contains": 5}, 'put it in quotes, "5"'),
        ({"field": "subject", "contains": True}, 'put it in quotes, "true"'),
        ({"field": "subject", "contains": ["x"]}, "one text, not a list"),
        ({"field": "subject", "contains": ""}, "write exists: true or false"),
        ({"field": "subject", "in": "x"}, "takes a list"),
        ({"field": "subject", "in": []}, "not an empty list"),
        ({"field": "subject", "in": ["x", None]}, "not nothing"),
        ({"field": "subject", "exists": "x"}, "exists: is true or false"),
        ({"field": "subject", "domain": "x.example"}, "domain is for fields with addresses: from, to, cc"),
        ({"field": "from", "domain": "@x.example"}, 'write "x.example"'),
        ({"field": "from", "domain": "*.x.example"}, 'write "x.example"'),
        ({"field": "from", "domain": "a@x.example"}, 'write "x.example"'),
        ({"field": "subject", "matches": "(?=x)"}, "lookahead"),
        ({"condition": "hours"}, 'no condition below "conditions:" is called "hours"'),
        (
            {"field": "size", "contains": "5"},
            "is a number, which contains cannot be asked of: write one of equals, not,",
        ),
        ({"field": "subject", "gt": 5}, "is a text, which gt cannot be asked of"),
        ({"field": "is_follow_up", "in": ["x"]}, "is true or false, which in cannot be asked of"),
        ({"field": "is_follow_up", "equals": "yes"}, "equals: is true or false"),
        ({"field": "size", "gt": "big"}, "here belongs 500KB or 10MB"),
        ({"field": "received.time", "gt": "25:00"}, 'here belongs "08:30"'),
        ({"field": "ticket.age", "gt": 3}, "here belongs 15m, 2h or 3d"),
        ({"field": "attachment.count", "between": [3]}, "takes two ends"),
        ({"field": "attachment.count", "between": [3, 1]}, "write the smaller one first"),
        ({"field": "subject", "glob": "[a"}, "opens a bracket"),
        ({"field": "subject", "glob": "[z-a]"}, "from low to high"),
        ({"field": "subject", "in": {"file": "vip.txt"}}, 'the list "vip.txt" cannot be read here'),
        ({"field": "subject", "in": {"fil": "vip.txt"}}, "is written {file: NAME.txt}"),
        ({"field": "received.weekday", "equals": "mon"}, "unknown received.weekday"),
        ({"field": "auth.spf", "equals": "passed"}, 'did you mean "pass"?'),
        ({"field": "ticket.status", "equals": "opn"}, 'did you mean "open"?'),
        ({"field": "kind", "equals": "bounc"}, 'did you mean "bounce"?'),
        ({"field": "mailbox", "in": ["suport"]}, 'did you mean "support"?'),
    ],
)
def test_a_wrong_condition_is_explained(when: object, said: str) -> None:
    """Conditions, fields, operators and their operands."""
    found = problems_of(when)
    assert any(said in problem for problem in found), found


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ({"grup": "x"}, 'did you mean "group"?'),
        ({"group": "hardwar"}, 'did you mean "hardware"?'),
        ({"group": ["x"]}, "the name of one group, not a list"),
        ({"assign": "ana"}, 'unknown agent "ana"; did you mean "anna"?'),
        ({"priority": "hgih"}, 'did you mean "high"?'),
        ({"type": "incidnt"}, 'did you mean "incident"?'),
        ({"language": "english"}, "a code such as en"),
        ({"tags": []}, "the list of tags is empty"),
        ({"tags": ["a b"]}, "a tag is one word"),
        ({"tags": 5}, "put it in quotes"),
        ({"discard": "yes"}, "true or false"),
        ({"discard": True, "quarantine": True}, "either discarded or quarantined"),
        ({"discard": True, "reject": "No."}, "either discarded or rejected"),
        ({"reject": True}, "what the sender is told"),
        ({"status": "opn"}, 'did you mean "open"?'),
        ({"cc": "nobody"}, "an address such as"),
        ({"cc": []}, "1 to 20 addresses"),
        ({"fields": {"Host": "x"}}, "a word of small letters"),
        ({"fields": []}, "takes names with values"),
        ({"fields": {"host": "a\nb"}}, "on one line"),
        ({"ci": "{host}"}, "has a group (?P<host>…)"),
    ],
)
def test_a_wrong_action_is_explained(then: object, said: str) -> None:
    """Actions and their values."""
    found = problems({"rules": [{"when": "always", "then": then}]})
    assert any(said in problem for problem in found), found


def test_everything_is_told_at_once_in_the_order_of_the_file() -> None:
    """One mistake hides no other, and a wrong rule is left out of the ruleset."""
    document = {
        "rules": [
            {"name": "bad", "when": {"all": [{"field": "x", "contains": 1}]}, "then": {"group": "y", "tag": "z"}},
            {"name": "good", "when": "always", "then": {"group": "hardware"}},
        ]
    }
    compiled = compile_rules(document, lambda path: (9 - len(path), 2), "f.yaml", WORDS)
    findings = compiled.findings
    assert [rule.name for rule in compiled.ruleset.rules] == ["good"]
    assert len(findings) == 3
    assert sorted(findings, key=lambda one: one.line) == list(findings)
    assert str(findings[0]).startswith("f.yaml:3:2: unknown field")


def test_names_that_are_not_known_pass() -> None:
    """Where the directory could not be read, its absence is not told once more for every rule."""
    words = Vocabulary(None, None, None, ("incident",), ("low",))
    document = {"rules": [{"when": {"field": "mailbox", "equals": "x"}, "then": {"group": "x", "assign": "y"}}]}
    assert compile_rules(document, lambda _: (1, 1), "f", words).findings == ()


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["always", "subject", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rules", "when", "then", "name", "all", "any", "not", "field", "contains", "in", "group"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_PLAIN)
def test_no_document_makes_it_raise(document: object) -> None:
    """Whatever plain data stands in the file, there is a ruleset and a list of findings."""
    compile_rules(document, lambda _: (1, 1), "f", WORDS)
    compile_rules({"rules": [{"when": document, "then": document}]}, lambda _: (1, 1), "f", WORDS)
