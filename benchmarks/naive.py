"""The rules without an index: every rule tried on every mail, in order. The oracle of the compiled ones."""

from mailgateway.rules.ask import ask
from mailgateway.rules.evaluate import MOST_STEPS, apply
from mailgateway.rules.keys import keys_of
from mailgateway.rules.schema import ActionName, Decided, Key, Question, Routing, Ruleset, Step, Way
from mailgateway.rules.templates import filled
from mailgateway.rules.text import folded
from mailgateway.rules.values import Values


def evaluate_naively(ruleset: Ruleset, question: Question) -> Routing:
    """Return what `evaluate` has to return, in time that grows with the number of rules."""
    if question.received_at is not None:
        assert question.received_at.utcoffset() == ruleset.timezone.utcoffset(question.received_at)
    tried: list[tuple[Step, bool]] = []
    actions: dict[ActionName, Decided] = {}
    rules = [rule for rule in ruleset.rules if question.event in rule.on]
    for rule in rules:
        values = Values(question)
        answer = ask(rule.when, values)
        came_close = any(_shows(key, values) for key in keys_of(rule.when))
        tried.append((Step(rule.name, rule.line, answer.holds, answer.why), came_close))
        if answer.holds:
            apply(rule, filled(rule, values), actions)
            if rule.stop:
                break
    matched = [step for step, _ in tried if step.matched]
    told = {id(step) for step in matched[:MOST_STEPS]}
    near = [step for step, came_close in tried if came_close and not step.matched]
    told |= {id(step) for step in near[: MOST_STEPS - len(told)]}
    steps = [step for step, _ in tried if id(step) in told or len(rules) <= MOST_STEPS]
    return Routing(
        tuple(step.rule for step in matched), actions, tuple(steps), len(tried) - len(steps), ruleset.version
    )


def _shows(key: Key, values: Values) -> bool:
    seen = [folded(str(value)) for value in values.written(key.field)]
    match key.way:
        case Way.WHOLE:
            return key.text in seen
        case Way.PART:
            return any(key.text in value for value in seen)
        case Way.DOMAIN:
            return any(f".{value.rpartition('@')[2]}".endswith(f".{key.text}") and "@" in value for value in seen)
