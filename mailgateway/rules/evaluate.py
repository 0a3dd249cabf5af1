"""A ruleset and a mail -> what the rules decide, and why. Any mail gives an answer, in linear time."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from mailgateway.rules.ask import ask, holds
from mailgateway.rules.index import could_match
from mailgateway.rules.schema import ActionName, Decided, Event, EventIndex, Question, Routing, Rule, Ruleset, Step
from mailgateway.rules.templates import filled
from mailgateway.rules.values import Values

MOST_STEPS = 40
"""Steps of a trace: up to so many rules are all told of; of more those that matched, then those that came close."""


def evaluate(ruleset: Ruleset, question: Question, *, every_step: bool = False) -> Routing:
    """Try the rules in order: every match applies its actions, the last word counts, tags add up, `stop` ends it.

    With `every_step` the trace tells of every rule up to the one that stopped, however many there are.
    """
    if question.received_at is not None:
        question = replace(question, received_at=question.received_at.astimezone(ruleset.timezone))
    values = Values(question)
    index = ruleset.index[question.event] if ruleset.index is not None else _without_index(ruleset, question.event)
    if every_step or len(index.all) <= MOST_STEPS:
        return _with_every_step(ruleset, index.all, values)
    return _with_some_steps(ruleset, index, values)


def evaluate_timers(ruleset: Ruleset, question: Question, spent: Collection[str]) -> Routing:
    """Try the timer rules as `evaluate` does, without those named in `spent`: they have had their effect."""
    values = Values(question)
    places = [place for place in timer_places(ruleset) if ruleset.rules[place].name not in spent]
    return _with_every_step(ruleset, places, values)


def timer_places(ruleset: Ruleset) -> tuple[int, ...]:
    """Return where the timer rules stand among all."""
    index = ruleset.index[Event.TIMER] if ruleset.index is not None else _without_index(ruleset, Event.TIMER)
    return index.all


def timer_holds(rule: Rule, question: Question) -> bool:
    """Tell whether a timer rule alone holds."""
    return holds(rule.when, Values(question))


def _with_every_step(ruleset: Ruleset, places: Sequence[int], values: Values) -> Routing:
    matched: list[str] = []
    actions: dict[ActionName, Decided] = {}
    steps: list[Step] = []
    for rule in (ruleset.rules[place] for place in places):
        answer = ask(rule.when, values)
        steps.append(Step(rule.name, rule.line, answer.holds, answer.why))
        if answer.holds:
            matched.append(rule.name)
            apply(rule, filled(rule, values), actions)
            if rule.stop:
                break
    return Routing(tuple(matched), actions, tuple(steps), version=ruleset.version)


def _with_some_steps(ruleset: Ruleset, index: EventIndex, values: Values) -> Routing:
    """Try the rules that could match. A rule came close when something of the mail was found under one of its keys."""
    close = could_match(index, values)
    matched: list[int] = []
    failed: list[int] = []
    actions: dict[ActionName, Decided] = {}
    last = index.all[-1]
    for place in sorted((*close, *index.always)):
        rule = ruleset.rules[place]
        if not holds(rule.when, values):
            failed.append(place)
            continue
        matched.append(place)
        apply(rule, filled(rule, values), actions)
        if rule.stop:
            last = place
            break
    told = _told(matched, failed, frozenset(close))
    return Routing(
        matched=tuple(ruleset.rules[place].name for place in matched),
        actions=actions,
        steps=tuple(_step(ruleset.rules[place], values) for place in told),
        left_out=bisect_right(index.all, last) - len(told),
        version=ruleset.version,
    )


def _told(matched: list[int], failed: list[int], close: frozenset[int]) -> list[int]:
    shown = matched[:MOST_STEPS]
    near = [place for place in failed if place in close]
    return sorted((*shown, *near[: MOST_STEPS - len(shown)]))


def _step(rule: Rule, values: Values) -> Step:
    answer = ask(rule.when, values)
    return Step(rule.name, rule.line, answer.holds, answer.why)


def apply(rule: Rule, then: Mapping[ActionName, object], actions: dict[ActionName, Decided]) -> None:
    """Add what a rule decides to what those before it did."""
    for name, value in then.items():
        earlier = actions.get(name)
        if earlier is None or name not in _UNITED:
            actions[name] = Decided(value, rule.name)
        else:
            actions[name] = Decided(_UNITED[name](earlier.value, value), f"{earlier.rule}, {rule.name}")


def _all_of(first: object, second: object) -> tuple[object, ...]:
    return tuple(dict.fromkeys(item for items in (first, second) if isinstance(items, tuple) for item in items))


def _last_of_each(first: object, second: object) -> tuple[object, ...]:
    pairs = {name: value for pairs in (first, second) if isinstance(pairs, tuple) for name, value in pairs}
    return tuple(pairs.items())


_UNITED = {
    ActionName.TAGS: _all_of,
    ActionName.CC: _all_of,
    ActionName.WATCHERS: _all_of,
    ActionName.FORWARD: _all_of,
    ActionName.WEBHOOK: _all_of,
    ActionName.FIELDS: _last_of_each,
}
"""Actions to which every rule adds, instead of the last one having its word alone."""


def _without_index(ruleset: Ruleset, event: Event) -> EventIndex:
    places = tuple(place for place, rule in enumerate(ruleset.rules) if event in rule.on)
    return EventIndex(places, places, {}, {}, {})
