"""Values with {name} in them, which stands for what a named group of an expression found in the mail."""

import re
from collections.abc import Mapping

from mailgateway.rules.schema import ActionName, AllOf, AnyOf, Condition, FieldTest, Named, Rule
from mailgateway.rules.values import Values

_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LONGEST = 500
_TEXTS = (ActionName.CI, ActionName.ORGANISATION)


def has_places(text: str) -> bool:
    """Tell whether a value speaks of a named group."""
    return _PLACE.search(text) is not None


def named_in(then: Mapping[ActionName, object]) -> frozenset[str]:
    """Return the names that the values of a rule's actions speak of."""
    written = [str(then[name]) for name in _TEXTS if name in then]
    written += _pairs(then.get(ActionName.FIELDS)).values()
    return frozenset(name for text in written for name in _PLACE.findall(text))


def groups_of(condition: Condition) -> frozenset[str]:
    """Return the named groups of the expressions that can hold where a condition does."""
    return frozenset(name for test in _tests(condition) for name in test.search.names)


def filled(rule: Rule, values: Values) -> Mapping[ActionName, object]:
    """Return the actions of a rule that matched, names replaced; what speaks of a group without a find is left out."""
    if not rule.names:
        return rule.then
    found = _found(rule.when, values)
    then = dict(rule.then)
    for action in _TEXTS:
        if action in then:
            then[action] = _filled(str(then[action]), found)
    if ActionName.FIELDS in then:
        pairs = [(name, _filled(text, found)) for name, text in _pairs(then[ActionName.FIELDS]).items()]
        then[ActionName.FIELDS] = tuple((name, text) for name, text in pairs if text)
    return {action: value for action, value in then.items() if value not in ("", ())}


def _found(condition: Condition, values: Values) -> dict[str, str]:
    """Return what the named groups found; of several finds the first counts."""
    found: dict[str, str] = {}
    for test in _tests(condition):
        for view in values.viewed(test.field, test.search.view) if test.search.names else ():
            for name, text in test.search.groups(view).items():
                found.setdefault(name, text)
    return found


def _tests(condition: Condition) -> list[FieldTest]:
    match condition:
        case FieldTest():
            return [condition]
        case AllOf(parts) | AnyOf(parts):
            return [test for part in parts for test in _tests(part)]
        case Named(_, part):
            return _tests(part)
        case _:
            return []


def _filled(text: str, found: Mapping[str, str]) -> str:
    if not found.keys() >= set(_PLACE.findall(text)):
        return ""
    whole = _PLACE.sub(lambda place: found[place[1]], text)
    return "".join(char if char.isprintable() else " " for char in whole[:_LONGEST]).strip()


def _pairs(value: object) -> dict[str, str]:
    return dict(value) if isinstance(value, tuple) else {}
