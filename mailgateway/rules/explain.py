"""A routing -> its trace, as it is stored with a ticket and shown as JSON."""

from mailgateway.rules.schema import Routing


def as_trace(routing: Routing) -> dict[str, object]:
    """Return `matched`, `actions` {name: {value, rule}} and `steps` [{rule, line, result, why}], fit for JSON."""
    return {
        "matched": list(routing.matched),
        "actions": {
            name.value: {"value": _plain(decided.value), "rule": decided.rule}
            for name, decided in routing.actions.items()
        },
        "steps": [
            {"rule": step.rule, "line": step.line, "result": step.matched, "why": step.why} for step in routing.steps
        ],
    }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
