"""What a plan says of rules and promises, for who counts them."""

from collections.abc import Iterator

from mailgateway.desk.plan import Plan, RecordEvent


def matched_rules(plan: Plan) -> tuple[str, ...]:
    """Return the names of the rules that matched, for a new ticket, a mail turned away, a follow-up or by the clock."""
    return (*plan.rules, *_of_events(plan))


def broken_promises(plan: Plan) -> tuple[str, ...]:
    """Return the targets whose promised time the plan notes to have passed."""
    return tuple(
        str(change.detail["target"])
        for change in plan.changes
        if isinstance(change, RecordEvent) and change.what == "breached"
    )


def _of_events(plan: Plan) -> Iterator[str]:
    for change in plan.changes:
        if isinstance(change, RecordEvent) and change.what == "rules":
            yield from str(change.detail["matched"]).split(", ")
