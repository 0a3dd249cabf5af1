"""Rules that are asked when a time has come: what they can ask about, and when they may begin to hold."""

from mailgateway.rules.schema import AllOf, AnyOf, Condition, FieldTest, Named, Not, Threshold

SPANS = ("ticket.age", "ticket.idle", "ticket.status_age")
"""Fields that grow while nothing happens: what a timer rule waits for."""

LEAST = 60.0
"""Seconds that a timer rule waits at least: two that undo each other would go round without a pause else."""

_KNOWN = ("subject", "mailbox")
_KNOWN_BEGINNINGS = ("ticket.", "requester.")


def is_known(field: str) -> bool:
    """Tell whether a field has a value when there is a ticket and no mail."""
    return field in _KNOWN or field.startswith(_KNOWN_BEGINNINGS)


def thresholds(condition: Condition, *, holds: bool = True) -> tuple[Threshold, ...]:
    """Return the spans after which a condition may hold (or not), none where on some way it needs no span at all."""
    match condition:
        case FieldTest():
            return _of_test(condition, holds=holds)
        case Not(part):
            return thresholds(part, holds=not holds)
        case Named(_, part):
            return thresholds(part, holds=holds)
        case AllOf(parts) | AnyOf(parts):
            found = [thresholds(part, holds=holds) for part in parts]
            needs_every = isinstance(condition, AnyOf) is holds
            return () if needs_every and not all(found) else tuple(dict.fromkeys(sum(found, ())))


def _of_test(test: FieldTest, *, holds: bool) -> tuple[Threshold, ...]:
    if test.field not in SPANS or test.span is None:
        return ()
    low, is_open = (test.span.low, test.span.is_open) if holds else (test.span.high, not test.span.is_open)
    return (Threshold(test.field, low, is_open),) if LEAST <= low < float("inf") else ()
