"""Rules that are right and still a slip: told, each with its place, and nothing told that is meant."""

from dataclasses import replace

import pytest
from hypothesis import given

from mailgateway.rules.ask import holds
from mailgateway.rules.compile import compile_rules
from mailgateway.rules.implies import implies, never_holds
from mailgateway.rules.values import Values
from tests.unit.rules.examples import WORDS
from tests.unit.rules.test_index import CONDITIONS, questions, with_any_names

Written = dict[str, object]


def doubts(*rules: Written) -> list[str]:
    """Return what is doubtful about rules that are right."""
    document = {"rules": [{"then": {"tags": f"t{place}"}, **rule} for place, rule in enumerate(rules)]}
    made = compile_rules(document, lambda path: (int(path[1]) + 1 if len(path) > 1 else 1, 1), "routing.yaml", WORDS)
    assert made.findings == ()
    return [str(doubt) for doubt in made.doubts]


def test(field: str, operator: str, operand: object) -> Written:
    """Write a test short."""
    return {"field": field, operator: operand}


test.__test__ = False  # type: ignore[attr-defined]  # a word of the language, no test of ours


@pytest.mark.parametrize(
    "when",
    [
        {"all": [test("from", "equals", "a@x.example"), test("from", "equals", "b@x.example")]},
        {"all": [test("from", "in", ["a@x.example"]), test("from", "domain", "y.example")]},
        {"all": [test("subject", "contains", "printer"), {"not": test("subject", "contains", "print")}]},
        {"all": [{"none": [test("subject", "contains", "print")]}, test("subject", "starts_with", "printer")]},
        {"all": [test("size", "gt", "5MB"), test("size", "lt", "1MB")]},
        {
            "all": [
                test("size", "gt", 5),
                {"any": [{"all": [test("kind", "equals", "bulk"), test("kind", "not", "bulk")]}]},
            ]
        },
        {"not": "always"},
        test("ticket.status", "equals", "open"),
        test("is_follow_up", "equals", operand=True),
    ],
)
def test_a_rule_that_can_never_match_is_told(when: Written) -> None:
    """Parts that exclude each other, and fields that have no value at the rule's events."""
    found = doubts({"when": when})
    assert len(found) == 1
    assert "routing.yaml:1:1: this rule can never match: " in found[0]


@pytest.mark.parametrize(
    "when",
    [
        {"all": [test("to", "equals", "a@x.example"), test("to", "equals", "b@x.example")]},
        {"all": [test("subject", "contains", "a"), test("subject", "contains", "b")]},
        {"all": [test("size", "between", [1, 5]), test("size", "between", [5, 9])]},
        {"any": [test("kind", "equals", "bulk"), test("kind", "equals", "normal")]},
        {"all": [test("subject", "contains", "print"), {"not": test("subject", "contains", "printer")}]},
        test("from", "matches", r"@example\.com$"),
        test("subject", "matches", "a.b"),
    ],
)
def test_what_can_be_meant_is_not_told(when: Written) -> None:
    """A field with several values satisfies both, ranges touch, alternatives differ."""
    assert doubts({"when": when}) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("always", test("subject", "contains", "x1")),
        (test("from", "domain", "x.example"), test("from", "equals", "jan@sub.x.example")),
        (test("from", "domain", ["x.example", "y.example"]), test("from", "domain", "a.y.example")),
        (
            test("subject", "contains", "print"),
            {"all": [test("subject", "contains", "printer"), test("size", "gt", 1)]},
        ),
        ({"any": [test("size", "gt", 5), test("kind", "equals", "bulk")]}, test("size", "gt", "1KB")),
        (test("size", "between", [1, 9]), test("size", "equals", 9)),
        ({"not": test("subject", "contains", "printer")}, {"not": test("subject", "contains", "print")}),
    ],
)
def test_a_rule_behind_a_stop_is_told(first: object, second: object) -> None:
    """What an earlier rule with `stop` takes away never gets to a later one."""
    found = doubts({"name": "first", "when": first, "stop": True}, {"when": second})
    assert found == ['routing.yaml:2:1: this rule is never reached: "first" in line 1 stops before it']


def test_a_rule_that_something_is_left_for_is_not_told() -> None:
    """Narrower rules before wider ones, other events, and rules that do not stop shadow nothing."""
    narrow, wide = test("subject", "contains", "printer"), test("subject", "contains", "print")
    assert doubts({"when": narrow, "stop": True}, {"when": wide}) == []
    assert doubts({"when": wide}, {"when": narrow}) == []
    assert doubts({"when": wide, "stop": True}, {"on": "follow_up", "when": narrow}) == []


def test_a_rule_that_stands_twice_is_told() -> None:
    """The same condition with the same outcome."""
    rule = {"when": test("subject", "contains", "printer"), "then": {"tags": "x"}}
    assert doubts({"name": "a", **rule}, rule) == ['routing.yaml:2:1: this rule says the same as "a" in line 1']


@pytest.mark.parametrize("pattern", [".*", "x*", "(a|b)?", "(?s)^.*$"])
def test_an_expression_for_everything_is_told(pattern: str) -> None:
    """What is found in every text decides nothing."""
    assert "is found in every text" in doubts({"when": test("subject", "matches", pattern)})[0]


@pytest.mark.parametrize("pattern", [r"@example\.com", r"^boss@example.com"])
def test_an_expression_for_addresses_without_an_end_is_told(pattern: str) -> None:
    """bob@example.com.evil.example is another address."""
    assert "also fits addresses that go on behind it" in doubts({"when": test("from", "matches", pattern)})[0]


@given(CONDITIONS, CONDITIONS, questions())
def test_what_is_proven_holds_for_every_mail(one: Written, other: Written, question: object) -> None:
    """No mail contradicts what was said to follow, or to be impossible."""
    first, second = (
        rule.when for rule in with_any_names({"when": one, "stop": True}, {"when": other, "stop": True}).rules
    )
    values = Values(question)  # type: ignore[arg-type]  # hypothesis knows the type
    if implies(first, second) and holds(first, values):
        assert holds(second, values)
    if never_holds(first):
        assert not holds(first, values)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (r"@x\.example", "that go on behind it"),
        (r"jan@x\.example$", 'that begin before it: write "^jan@'),
        ("@x.example$", "with any letter for the dot"),
        (r"^jan@x\.example$", ""),
        (r"@x\.example$", ""),
        (r"^(jan|ann)@(x|y)\.example$", ""),
    ],
)
def test_expressions_that_fit_more_addresses_than_meant_are_told(expression: str, said: str) -> None:
    """An address goes on neither before nor behind, and a dot is a dot."""
    found = doubts({"when": test("from", "matches", expression)})
    assert ([said in one for one in found] == [True]) if said else found == []


def test_a_mailbox_without_any_route_is_told() -> None:
    """Rules that all ask for other mailboxes leave one to its default; one rule that may match is enough."""
    words = replace(WORDS, mailboxes=("support", "sales"))
    support: Written = {"name": "a", "when": test("mailbox", "equals", "support"), "then": {"priority": "high"}}
    either: Written = {"name": "b", "when": test("subject", "contains", "b"), "then": {"priority": "high"}}

    def told(*rules: Written) -> list[str]:
        found = compile_rules({"rules": list(rules)}, lambda _: (1, 1), "routing.yaml", words).doubts
        return [doubt.problem for doubt in found]

    assert told(support) == ['no rule can match mail of the mailbox "sales": its default decides all of it']
    assert told(support, either) == []
    assert told() == []


@pytest.mark.parametrize("status", [test("ticket.status", "equals", "closed"), test("ticket.status", "in", ["closed"])])
def test_a_timer_for_closed_tickets_is_told(status: Written) -> None:
    """They have no timers; one for other tickets too is well."""
    words = replace(WORDS, statuses=("solved", "closed"))

    def found(when: object) -> list[str]:
        document = {"rules": [{"on": "timer", "when": when, "then": {"group": "hardware"}}]}
        return [one.problem for one in compile_rules(document, lambda _: (1, 1), "routing.yaml", words).doubts]

    idle = test("ticket.idle", "gt", "3d")
    assert found({"all": [idle, status]}) == ["this rule can never match: a closed ticket has no timers"]
    assert found({"all": [idle, test("ticket.status", "in", ["closed", "solved"])]}) == []
