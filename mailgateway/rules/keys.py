"""The keys of a condition: what a mail must show before the condition can hold, so that others need not be tried."""

from mailgateway.rules.fields import find_field
from mailgateway.rules.literals import strength
from mailgateway.rules.measures import Sort
from mailgateway.rules.schema import AllOf, AnyOf, Condition, FieldTest, Key, Named, Way

_SHORTEST_PART = 3
_MOST = 20_000
_COMMON = ("kind", "mailbox", "language", "to", "recipient", "delivered_to", "header.to")
_COMMON_BEGINNINGS = ("ticket.", "auth.", "received.")
_LONG_TEXTS = ("body", "reply")
_WAYS = {
    "equals": Way.WHOLE,
    "in": Way.WHOLE,
    "domain": Way.DOMAIN,
    "contains": Way.PART,
    "starts_with": Way.PART,
    "ends_with": Way.PART,
    "matches": Way.PART,
    "glob": Way.PART,
}

Keys = tuple[Key, ...]
"""Of which a mail shows one where the condition holds; none where the condition can hold for any mail."""


def keys_of(condition: Condition) -> Keys:
    """Return the most telling keys of a condition."""
    return _keys(condition)[1]


def _keys(condition: Condition) -> tuple[int, Keys]:
    """Return how telling the keys are (0 for none), and the keys."""
    match condition:
        case FieldTest():
            return _of_test(condition)
        case Named(_, part):
            return _keys(part)
        case AllOf(parts):
            return max((_keys(part) for part in parts), key=lambda found: found[0], default=(0, ()))
        case AnyOf(parts):
            return _of_any([_keys(part) for part in parts])
        case _:
            return 0, ()


def _of_any(found: list[tuple[int, Keys]]) -> tuple[int, Keys]:
    worst = min(score for score, _ in found)
    united = tuple(dict.fromkeys(key for _, keys in found for key in keys))
    return (worst, united) if worst and len(united) <= _MOST else (0, ())


def _of_test(test: FieldTest) -> tuple[int, Keys]:
    field, way = find_field(test.field), _WAYS.get(test.operator)
    texts = test.search.literals
    if field is None or way is None or field.sort not in (Sort.TEXT, Sort.ADDRESS) or not texts:
        return 0, ()
    if not all(texts) or (way is Way.PART and strength(texts) < _SHORTEST_PART):
        return 0, ()
    return _score(test.field, way, texts), tuple(Key(way, test.field, text) for text in texts)


def _score(field: str, way: Way, texts: tuple[str, ...]) -> int:
    if field in _COMMON or field.startswith(_COMMON_BEGINNINGS):
        return 1 if way is Way.WHOLE else 2
    if way is not Way.PART:
        return 100
    return min(strength(texts), 40) * (1 if field in _LONG_TEXTS else 2)
