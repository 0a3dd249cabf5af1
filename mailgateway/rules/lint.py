"""What may be meant as it stands, and more likely is a slip: rules that never match, match too much, stand twice."""

import re
from collections.abc import Iterable, Iterator, Sequence

from mailgateway.rules.fields import find_field
from mailgateway.rules.implies import implies, never_holds
from mailgateway.rules.measures import Sort
from mailgateway.rules.schema import AllOf, AnyOf, Condition, Event, FieldTest, Named, Not, Rule
from mailgateway.rules.text import excerpt

_MOST_PAIRS = 50_000
"""Pairs of rules that are compared; in larger sets only those that stop are compared with the rules right behind."""

_ANY_TEXTS = ("", "x", "\n", "Ż#1")
_LOCAL_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+\\-]*@")
_BARE_DOT = re.compile(r"@[A-Za-z0-9-]+\.[A-Za-z0-9]")
_ENDS = ("$", r"\z", r"\b", "@")

Doubt = tuple[int, str]
"""The place of a rule among all, and what is doubtful about it."""


def doubts(rules: Sequence[Rule]) -> Iterator[Doubt]:
    """Give what is doubtful about the rules."""
    for place, rule in enumerate(rules):
        reason = never_holds(rule.when) or _not_at_this_event(rule.when, rule.on)
        if reason:
            yield place, f"this rule can never match: {reason}"
        for test in _tests(rule.when):
            problem = _too_much(test)
            if problem:
                yield place, problem
    yield from _twice(rules)
    yield from _shadowed(rules)


def _not_at_this_event(condition: Condition, on: frozenset[Event]) -> str:
    """Say why a condition cannot hold at the events of its rule."""
    match condition:
        case FieldTest():
            return _test_at_no_event(condition, on)
        case AllOf(parts):
            return next(filter(None, (_not_at_this_event(part, on) for part in parts)), "")
        case AnyOf(parts):
            reasons = [_not_at_this_event(part, on) for part in parts]
            return reasons[0] if all(reasons) else ""
        case Named(_, part):
            return _not_at_this_event(part, on)
    return ""


def _test_at_no_event(test: FieldTest, on: frozenset[Event]) -> str:
    if on == {Event.NEW} and test.field.startswith("ticket."):
        return f"{test.field} has a value for follow-ups alone: write on: follow_up"
    if test.field == "is_follow_up" and on == {Event.NEW} and test.operand == "true":
        return "it is asked for new matters alone: write on: follow_up"
    if test.field == "is_follow_up" and on == {Event.FOLLOW_UP} and test.operand == "false":
        return "it is asked for follow-ups alone: leave on: follow_up out"
    if on == {Event.TIMER} and test.field == "ticket.status" and test.operand in ("closed", ("closed",)):
        return "a closed ticket has no timers"
    return ""


def _too_much(test: FieldTest) -> str:
    if test.operator == "matches" and isinstance(test.operand, str):
        if all(test.search.seek(test.search.view(text)) >= 0 for text in _ANY_TEXTS):
            mend = "to ask whether there is a value, write exists: true"
            return f"the expression {excerpt(test.operand)} is found in every text: {mend}"
        field = find_field(test.field)
        if field is not None and field.sort is Sort.ADDRESS and "." in test.operand:
            return _loose(test.operand)
    return ""


def _loose(expression: str) -> str:
    """Say which addresses an expression fits that its writer hardly means."""
    said = f"the expression {excerpt(expression)} also fits addresses"
    if not expression.endswith(_ENDS):
        return f"{said} that go on behind it: write {excerpt(f'{expression}$')}, or use domain: or equals:"
    if _LOCAL_PART.match(expression):
        return f"{said} that begin before it: write {excerpt(f'^{expression}')}, or use equals:"
    if _BARE_DOT.search(expression):
        return rf"{said} with any letter for the dot: write \. for a dot, or use domain: or equals:"
    return ""


def unrouted(rules: Sequence[Rule], mailboxes: Iterable[Condition]) -> Iterator[int]:
    """Give the places of the mailboxes, each told as the condition that a mail is in it, for which no rule can match.

    Where there are no rules for new mail at all, that is meant.
    """
    asked = [rule.when for rule in rules if Event.NEW in rule.on and not never_holds(rule.when)]
    for place, mailbox in enumerate(mailboxes):
        if asked and all(never_holds(AllOf((mailbox, when))) for when in asked):
            yield place


def _twice(rules: Sequence[Rule]) -> Iterator[Doubt]:
    first: dict[object, Rule] = {}
    for place, rule in enumerate(rules):
        said = (rule.when, rule.on, rule.stop, tuple(sorted((name.value, repr(rule.then[name])) for name in rule.then)))
        if said in first:
            yield place, f"this rule says the same as {excerpt(first[said].name)} in line {first[said].line}"
        first.setdefault(said, rule)


def _shadowed(rules: Sequence[Rule]) -> Iterator[Doubt]:
    stopping = [place for place, rule in enumerate(rules) if rule.stop]
    told: set[int] = set()
    reach = len(rules) if len(stopping) * len(rules) <= _MOST_PAIRS else _MOST_PAIRS // max(1, len(stopping))
    for before in stopping:
        stopper = rules[before]
        for place in range(before + 1, min(len(rules), before + 1 + reach)):
            rule = rules[place]
            if place not in told and rule.on <= stopper.on and implies(rule.when, stopper.when):
                told.add(place)
                yield (
                    place,
                    f"this rule is never reached: {excerpt(stopper.name)} in line {stopper.line} stops before it",
                )


def _tests(condition: Condition) -> Iterator[FieldTest]:
    match condition:
        case FieldTest():
            yield condition
        case Not(part) | Named(_, part):
            yield from _tests(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _tests(part)
