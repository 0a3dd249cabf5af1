"""The index finds every rule that could match: it decides as trying each rule in order does, trace included."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.naive import evaluate_naively
from benchmarks.rulebook import compiled as rulebook
from benchmarks.rulebook import questions as mails_asked_about
from benchmarks.rulebook import rules
from mailgateway.mail.model import Address, Headers, Kind, Mail
from mailgateway.rules.compile import compile_rules
from mailgateway.rules.evaluate import MOST_STEPS, evaluate
from mailgateway.rules.keys import keys_of
from mailgateway.rules.patterns import compile_pattern
from mailgateway.rules.schema import Event, Question, Requester, Ruleset, TicketState
from mailgateway.rules.text import folded
from mailgateway.rules.vocabulary import Vocabulary
from tests.unit.rules.examples import QUESTION, ask, ruleset

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
_NAMES = ["office", "night", "acme", "Globex", "gold", "true", "false", "open", "pending", "vip", "web-1", "hardware"]
_NAMED = [
    "received.calendar", "requester.organisation", "requester.contract", "ticket.status", "ticket.tags", "ticket.group",
    "ticket.organisation", "ticket.ci", "ticket.assignee", "ticket.language", "mailbox",
]  # fmt: skip
_ANY_WORDS = Vocabulary(None, None, None, tuple(_NAMES), tuple(_NAMES), tuple(_NAMES))
_SPANS = ["ticket.age", "ticket.idle", "ticket.status_age"]
_TRUTHS = ["requester.vip", "requester.known", "is_follow_up"]
_PIECES = st.sampled_from(
    ["error", "Żółw", "straße", "printer", "ſet", "host-1", "İstanbul", "a", " ", ".", "x@y.example", "ΣΊΣΥΦΟΣ", "ﬁle"]
)
_TEXTS = st.lists(_PIECES, min_size=1, max_size=4).map("".join)
_PATTERNS = st.lists(
    st.sampled_from(
        [
            "error", "err", "or+", "(?:printer|żółw)", "x?", "[a-z]*", "(host-\\d|set)", r"\b", r"\w+", ".*", "^", "$",
            "(?i:FILE)", "(a|b)?", "straße", r"\Qx@y\E", "(?:pri){1,2}nter", "(?-i)error", "i̇stanbul", "σίσυφος",
        ]
    ),
    min_size=1,
    max_size=4,
).map("".join)  # fmt: skip


def _tests() -> st.SearchStrategy[dict[str, object]]:
    fields = st.sampled_from(["subject", "body", "header.X-Any", "attachment.name"])
    texts = st.one_of(
        st.tuples(fields, st.sampled_from(["equals", "not", "contains", "starts_with", "ends_with"]), _TEXTS),
        st.tuples(fields, st.just("in"), st.lists(_TEXTS, min_size=1, max_size=3)),
        st.tuples(fields, st.just("matches"), _PATTERNS),
        st.tuples(fields, st.just("glob"), _TEXTS.map(lambda text: f"*{text}*")),
        st.tuples(fields, st.just("exists"), st.booleans()),
        st.tuples(st.sampled_from(["from", "to"]), st.just("domain"), st.sampled_from(["y.example", "z.y.example"])),
        st.tuples(st.just("size"), st.just("gt"), st.integers(0, 5)),
        st.tuples(st.sampled_from(_NAMED), st.sampled_from(["equals", "not", "contains"]), st.sampled_from(_NAMES)),
        st.tuples(st.sampled_from(_NAMED), st.just("in"), st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3)),
        st.tuples(st.just("auth.dmarc"), st.sampled_from(["equals", "not"]), st.sampled_from(["pass", "fail"])),
        st.tuples(st.sampled_from(_TRUTHS), st.just("equals"), st.booleans()),
        st.tuples(st.sampled_from(_SPANS), st.sampled_from(["gt", "lt"]), st.sampled_from(["1h", "2d", "3d"])),
        st.tuples(st.just("requester.open_tickets"), st.sampled_from(["gt", "lt"]), st.integers(0, 3)),
    )
    return texts.map(lambda test: {"field": test[0], test[1]: test[2]})


CONDITIONS: st.SearchStrategy[dict[str, object]] = st.recursive(
    _tests(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: {"none": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
)
_RULES = st.tuples(
    CONDITIONS, st.booleans(), st.sampled_from(["a", "b"]), st.sampled_from(["new", "follow_up", ["new", "follow_up"]])
).map(
    lambda made: {
        "when": made[0], "stop": made[1], "on": made[3], "then": {"tags": made[2], "fields": {made[2]: made[2]}}
    }
)  # fmt: skip
_BY_TIME = st.fixed_dictionaries(
    {
        "on": st.just("timer"),
        "when": st.tuples(
            st.fixed_dictionaries(
                {"field": st.sampled_from(_SPANS), "gt": st.sampled_from(["1h", "2d", "3d"])},
            ),
            st.fixed_dictionaries(
                {
                    "field": st.sampled_from(["ticket.status", "ticket.tags", "ticket.organisation"]),
                    "equals": st.sampled_from(_NAMES),
                }
            ),
        ).map(lambda parts: {"all": list(parts)}),
        "stop": st.booleans(),
        "then": st.sampled_from(["a", "b"]).map(lambda tag: {"tags": tag}),
    }
)
_ADDRESSES = st.sampled_from(["x@y.example", "X@Z.Y.EXAMPLE", "x@zy.example", "nobody", ""])

_WORDS = st.sampled_from(_NAMES)
_AGES = (timedelta(minutes=59), timedelta(hours=1), timedelta(days=2, seconds=1), timedelta(days=9))
_TIMES = st.sampled_from([NOW - age for age in _AGES])
_TICKETS = st.builds(
    TicketState,
    status=_WORDS,
    group=_WORDS,
    assignee=st.none() | _WORDS,
    priority=_WORDS,
    type=_WORDS,
    language=_WORDS,
    created_at=_TIMES,
    updated_at=_TIMES,
    status_since=_TIMES,
    tags=st.lists(_WORDS, max_size=2).map(tuple),
    organisation=st.none() | _WORDS,
    ci=st.none() | _WORDS,
)
_REQUESTERS = st.builds(
    Requester,
    known=st.none() | st.booleans(),
    open_tickets=st.none() | st.integers(0, 4),
    organisation=_WORDS,
    contract=_WORDS | st.just(""),
    is_vip=st.booleans(),
)


def with_any_names(*rules: dict[str, object]) -> Ruleset:
    """Compile rules that are right, at a desk that has every name that they ask for."""
    compiled = compile_rules({"rules": list(rules)}, lambda _: (1, 1), "routing.yaml", _ANY_WORDS)
    assert compiled.findings == ()
    return compiled.ruleset


@st.composite
def questions(draw: st.DrawFn) -> Question:
    mail = Mail(
        subject=draw(_TEXTS | st.text(max_size=10)),
        text=draw(_TEXTS | st.just("")),
        sender=Address("", draw(_ADDRESSES)),
        to=tuple(Address("", one) for one in draw(st.lists(_ADDRESSES, max_size=2))),
        headers=Headers(tuple(("X-Any", one) for one in draw(st.lists(_TEXTS, max_size=2)))),
    )
    event = draw(st.sampled_from(Event))
    return Question(
        mail,
        Kind.NORMAL,
        draw(st.sampled_from(["support", "office"])),
        event=event,
        size=draw(st.integers(0, 5)),
        received_at=NOW,
        ticket=None if event is Event.NEW else draw(_TICKETS),
        requester=draw(_REQUESTERS),
        authentication=draw(st.sampled_from([{}, {"dmarc": "pass"}])),
        calendars=draw(st.sampled_from([(), ("office",), ("office", "night")])),
    )


@given(st.lists(_RULES | _BY_TIME, min_size=1, max_size=8), questions(), st.integers(0, MOST_STEPS))
def test_the_index_decides_as_trying_every_rule_does(
    written: list[dict[str, object]], question: Question, more: int
) -> None:
    """Whatever the rules and the mail: the same matches, values and steps, with few rules and with many."""
    both = ["new", "follow_up"]
    never = [
        {"name": f"n{n}", "on": both, "when": {"field": "cc", "equals": f"n{n}@x.example"}, "stop": True}
        for n in range(more)
    ]
    made = with_any_names(*written[:4], *never, *written[4:])
    assert evaluate(made, question) == evaluate_naively(made, question)
    whole = evaluate(made, question, every_step=True)
    assert whole.matched == evaluate(made, question).matched
    assert whole.left_out == 0


def test_a_large_rulebook_decides_as_trying_every_rule_does() -> None:
    """A thousand realistic rules over ordinary mail: the same, and the trace stays short."""
    made = rulebook(rules(1_000))
    some = 0
    for question in mails_asked_about(40):
        routing = evaluate(made, question)
        assert routing == evaluate_naively(made, question)
        assert len(routing.steps) <= MOST_STEPS
        some += bool(routing.matched)
    assert some


@given(_PATTERNS, st.lists(_PIECES, max_size=5).map("".join))
def test_what_an_expression_needs_is_there_where_it_is_found(pattern: str, text: str) -> None:
    """One of the literals stands in every text that the expression is found in."""
    search = compile_pattern(pattern)
    if search.literals and search.seek(search.view(text)) >= 0:
        assert any(literal in folded(text) for literal in search.literals)


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"\b(printer|drukark\w+)\b", ("printer", "drukark")),
        (r"(?i)^\[ALERT\] .*down", ("[alert] ",)),
        (r"ab+c?defg", ("defg",)),
        (r"(abc)?x", ("x",)),
        (r"(abc|d*)", ()),
        (r"[abc]+", ()),
        (r"\Qa.b\E*xyz", ("xyz",)),
        (r"(?P<host>srv-\d+)", ("srv-",)),
        (r"a{0,3}bc", ("bc",)),
        (".*", ()),
    ],
)
def test_the_most_telling_literal_is_taken(pattern: str, literals: tuple[str, ...]) -> None:
    """The longest text that has to be there, or one for every alternative."""
    assert compile_pattern(pattern).literals == literals


def test_case_folds_alike_in_expressions_and_keys() -> None:
    """Every letter that RE2 takes for another in any case has the same folded form as that one."""
    for code in range(0x80, 0x2FFF):
        char = folded(chr(code))
        if len(char) == 1 and char.isalpha() and re.match(r"\w", char):
            for other in {char.upper(), char.lower(), char.title()}:
                literals = compile_pattern(f"abc{char}").literals
                search = compile_pattern(f"abc{char}")
                assert search.seek(search.view(f"abc{other}")) < 0 or literals[0] in folded(f"abc{other}")


def test_rules_that_cannot_be_looked_up_are_always_tried() -> None:
    """A negation, a number or a short text has no key."""
    for when in ({"not": {"field": "subject", "contains": "printer"}}, {"field": "size", "gt": 5}, "always"):
        assert keys_of(ruleset({"when": when, "stop": True}).rules[0].when) == ()
    assert ask({"field": "subject", "contains": "is"}).matched


def test_the_most_selective_part_is_the_key() -> None:
    """Of parts that must all hold, the rarest is looked up."""
    when = {
        "all": [{"field": "mailbox", "equals": "support"}, {"field": "from", "domain": "x.example"}, {"not": "always"}]
    }
    assert [key.text for key in keys_of(ruleset({"when": when, "stop": True}).rules[0].when)] == ["x.example"]


def test_a_text_full_of_hits_is_searched_in_pieces() -> None:
    """Keys are found across the edges of pieces, and a hostile text costs no memory."""
    written: list[dict[str, object]] = [
        {"when": {"field": "body", "contains": f"needle{n}"}, "then": {"tags": f"t{n}"}} for n in range(60)
    ]
    made = ruleset(*written)
    for place in (7_995, 8_000, 15_999):
        mail = Mail(text="x" * place + "needle7" + "x" * 20_000)
        assert evaluate(made, replace(QUESTION, mail=mail)).matched[0] == "rule 8"


def test_each_event_has_its_own_rules() -> None:
    """A rule for follow-ups is never a candidate for new mail."""
    made = ruleset({"on": "follow_up", "when": "always", "stop": True})
    assert made.index is not None
    assert made.index[Event.NEW].all == ()
    assert evaluate(made, QUESTION).steps == ()
