"""A routing -> its trace, as it is stored with a ticket and shown as JSON."""

from mailgateway.rules.schema import ActionName, Rejection, Routing


def as_trace(routing: Routing) -> dict[str, object]:
    """Return `matched`, `actions` {name: {value, rule}} and `steps` [{rule, line, result, why}], fit for JSON."""
    return {
        "matched": list(routing.matched),
        "actions": {
            name.value: {"value": plain_value(name, decided.value), "rule": decided.rule}
            for name, decided in routing.actions.items()
        },
        "steps": [
            {"rule": step.rule, "line": step.line, "result": step.matched, "why": step.why} for step in routing.steps
        ],
    }


def plain_value(name: ActionName, value: object) -> object:
    """Return the value of an action as JSON has it: fields are an object, lists are lists."""
    if isinstance(value, Rejection):
        return {"template": value.template, "reason": value.reason} if value.template else value.reason
    if isinstance(value, tuple):
        return dict(value) if name is ActionName.FIELDS else list(value)
    return value
