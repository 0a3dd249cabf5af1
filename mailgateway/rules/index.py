"""Which rules a mail could match: looked up by what it shows, so that a mail pays for those and not for all there are.

Whole values and domains are found by hash, parts of texts with one automaton a field that finds all of them at once.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ahocorasick_rs import AhoCorasick

from mailgateway.rules.keys import keys_of
from mailgateway.rules.operators import parents
from mailgateway.rules.schema import Event, EventIndex, Key, Parts, Rule, Way
from mailgateway.rules.text import folded
from mailgateway.rules.values import Values

_PIECE = 8_192
"""Characters searched at once: bounds the list of hits in a text made to have one everywhere."""

_Places = Mapping[str, Mapping[str, tuple[int, ...]]]


def build_index(rules: Sequence[Rule]) -> dict[Event, EventIndex]:
    """Return the index of each event's rules."""
    keys = [keys_of(rule.when) for rule in rules]
    return {
        event: _event_index([(place, keys[place]) for place, rule in enumerate(rules) if event in rule.on])
        for event in Event
    }


def could_match(index: EventIndex, values: Values) -> tuple[int, ...]:
    """Return the places of the rules that a key of theirs was found for, in no order."""
    found: set[int] = set()
    for places in (*_by_whole(index, values), *_by_domain(index, values), *_by_part(index, values)):
        found.update(places)
    return tuple(found)


def _by_whole(index: EventIndex, values: Values) -> Iterator[tuple[int, ...]]:
    for name, places in index.whole.items():
        for value in values.viewed(name, folded):
            yield places.get(value, ())


def _by_domain(index: EventIndex, values: Values) -> Iterator[tuple[int, ...]]:
    for name, places in index.domain.items():
        for value in values.viewed(name, folded):
            for parent in parents(value.rpartition("@")[2]) if "@" in value else ():
                yield places.get(parent, ())


def _by_part(index: EventIndex, values: Values) -> Iterator[tuple[int, ...]]:
    for name, parts in index.part.items():
        for value in values.viewed(name, folded):
            for number in _hits(parts, value):
                yield parts.rules[number]


def _hits(parts: Parts, text: str) -> set[int]:
    pieces = (text[start : start + _PIECE + parts.longest] for start in range(0, len(text), _PIECE))
    return {
        number for piece in pieces for number, _, _ in parts.automaton.find_matches_as_indexes(piece, overlapping=True)
    }


def _event_index(keyed: list[tuple[int, tuple[Key, ...]]]) -> EventIndex:
    of_way: dict[Way, dict[str, dict[str, list[int]]]] = {way: defaultdict(lambda: defaultdict(list)) for way in Way}
    for place, keys in keyed:
        for key in keys:
            of_way[key.way][key.field][key.text].append(place)
    return EventIndex(
        all=tuple(place for place, _ in keyed),
        always=tuple(place for place, keys in keyed if not keys),
        whole=_frozen(of_way[Way.WHOLE]),
        domain=_frozen(of_way[Way.DOMAIN]),
        part=dict(_parts(of_way[Way.PART])),
    )


def _frozen(fields: Mapping[str, Mapping[str, list[int]]]) -> _Places:
    return {name: {text: tuple(places) for text, places in texts.items()} for name, texts in fields.items()}


def _parts(fields: Mapping[str, Mapping[str, list[int]]]) -> Iterator[tuple[str, Parts]]:
    for name, texts in fields.items():
        automaton = AhoCorasick(list(texts))
        yield name, Parts(automaton, tuple(map(tuple, texts.values())), max(map(len, texts)))
