"""What follows from conditions alone, whatever the mail: that one holds where another does, that one never holds.

Both know what they can prove: "no" means that it is not known.
"""

from collections.abc import Iterator

from mailgateway.rules.fields import find_field
from mailgateway.rules.schema import AllOf, AnyOf, Condition, FieldTest, Named, Not, Span
from mailgateway.rules.text import folded

_WHOLE = ("equals", "in")
_PLAIN = ("contains", "starts_with", "ends_with")


def implies(one: Condition, other: Condition) -> bool:
    """Tell whether the other surely holds for every mail that the one holds for."""
    one, other = bare(one), bare(other)
    if one == other or _follows_from_parts(one, other):
        return True
    match one:
        case AllOf(parts):
            return any(implies(part, other) for part in parts)
        case AnyOf(parts):
            return all(implies(part, other) for part in parts)
        case FieldTest():
            return isinstance(other, FieldTest) and _test_implies(one, other)
        case Not(inner):
            return isinstance(other, Not) and implies(other.part, inner)
        case _:
            return False


def _follows_from_parts(one: Condition, other: Condition) -> bool:
    match other:
        case AllOf(parts):
            return all(implies(one, part) for part in parts)
        case AnyOf(parts):
            return any(implies(one, part) for part in parts)
        case _:
            return False


def never_holds(condition: Condition) -> str:
    """Return why no mail can satisfy a condition, "" where none is known."""
    match condition:
        case Named(_, part):
            return never_holds(part)
        case AnyOf(parts):
            reasons = [never_holds(part) for part in parts]
            return reasons[0] if all(reasons) else ""
        case AllOf():
            parts_held = list(_together(condition))
            return next(filter(None, map(never_holds, parts_held)), "") or _contradiction(parts_held)
        case Not(AllOf(())):
            return "it is the contrary of always"
        case _:
            return ""


def bare(condition: Condition) -> Condition:
    """Return what a name stands for; a list of one is that one."""
    match condition:
        case Named(_, part) | AllOf((part,)) | AnyOf((part,)):
            return bare(part)
        case _:
            return condition


def _together(condition: Condition) -> Iterator[Condition]:
    """Give what has to hold together."""
    match bare(condition):
        case AllOf(parts):
            for part in parts:
                yield from _together(part)
        case other:
            yield other


def _contradiction(parts: list[Condition]) -> str:
    for number, one in enumerate(parts):
        for other in parts[number + 1 :]:
            if implies(one, Not(other)) or (isinstance(one, Not) and implies(other, one.part)):
                return "one part asks for what another rules out"
            if isinstance(one, FieldTest) and isinstance(other, FieldTest) and _exclude(one, other):
                return f"{one.field} cannot satisfy both {one.operator} and {other.operator}"
            if isinstance(other, Not) and implies(one, other.part):
                return "one part asks for what another rules out"
    return ""


def _exclude(one: FieldTest, other: FieldTest) -> bool:
    """Tell whether no value of a field that has one value can satisfy both."""
    field = find_field(one.field)
    if one.field != other.field or field is None or not field.is_single:
        return False
    if one.span is not None and other.span is not None:
        low, high = max(one.span.low, other.span.low), min(one.span.high, other.span.high)
        return low > high or (low == high and (one.span.is_open or other.span.is_open))
    for whole, test in ((one, other), (other, one)):
        values = _values(whole)
        if values and test.operator != "exists":
            return not any(_satisfies(value, test) for value in values)
    return False


def _test_implies(one: FieldTest, other: FieldTest) -> bool:
    if one.field != other.field:
        return False
    if other.operator == "exists":
        return True
    if one.span is not None and other.span is not None:
        return _lies_in(one.span, other.span)
    values = _values(one)
    return all(_satisfies(value, other) for value in values) if values else _text_implies(one, other)


def _text_implies(one: FieldTest, other: FieldTest) -> bool:
    if one.operator == other.operator == "domain":
        wider = other.search.literals
        return all(any(f".{name}".endswith(f".{wide}") for wide in wider) for name in one.search.literals)
    if not isinstance(one.operand, str) or not isinstance(other.operand, str) or one.operator not in _PLAIN:
        return False
    text, wanted = folded(one.operand), folded(other.operand)
    begins = other.operator == "starts_with" == one.operator and text.startswith(wanted)
    return begins or (other.operator == "contains" and wanted in text)


def _lies_in(inner: Span, outer: Span) -> bool:
    touches = inner.low == outer.low or inner.high == outer.high
    is_inside = inner.low >= outer.low and inner.high <= outer.high
    return is_inside and not (touches and outer.is_open and not inner.is_open)


def _values(test: FieldTest) -> tuple[str, ...]:
    """Return all values that a text can have where the test holds, none where there are too many to say."""
    if test.operator not in _WHOLE or test.span is not None or test.operand is None:
        return ()
    return (test.operand,) if isinstance(test.operand, str) else test.operand


def _satisfies(value: str, test: FieldTest) -> bool:
    return test.search.seek(test.search.view(value)) >= 0
