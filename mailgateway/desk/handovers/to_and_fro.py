"""A ticket that two groups hand to each other again and again: who leads them is told, once."""

from collections.abc import Sequence
from dataclasses import replace

from mailgateway.desk.after import after
from mailgateway.desk.facts import Candidate
from mailgateway.desk.letters.notices import to_worker
from mailgateway.desk.letters.workers import leading
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import MoveToGroup, Notice, NoticeKind, Plan, RecordEvent, RecordFiring
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import for_notes

Handed = tuple[str, str]
"""From which group a ticket went to which."""


def handed(plan: Plan) -> Handed | None:
    """Return from which group to which a plan hands its ticket, None where it stays or is new."""
    moves = [change for change in plan.changes if isinstance(change, MoveToGroup)]
    return (moves[0].before, moves[-1].after) if moves and plan.ticket is not None else None


def noticed(plan: Plan, candidate: Candidate, before: Sequence[Handed], policy: Policy) -> Plan:
    """Have a plan that hands a ticket over tell the leads where its two groups did so often enough.

    `before` are the earlier hand-overs that count; either direction does. For each two groups it happens once.
    """
    move, most = handed(plan), policy.handovers.to_and_fro
    if move is None or most is None:
        return plan
    pair = tuple(sorted(move))
    times = 1 + sum(tuple(sorted(one)) == pair for one in before)
    name = f"to_and_fro/{'/'.join(pair)}"
    if times < most or name in candidate.fired or move[0] == move[1]:
        return plan
    told = RecordEvent("to_and_fro", {"groups": list(pair), "times": times})
    ticket = after(candidate.ticket, plan.changes, plan.at)
    return replace(
        plan,
        changes=(*plan.changes, told, RecordFiring(name)),
        notices=(*plan.notices, *_notices(ticket, pair, times, candidate, policy)),
    )


def _notices(
    ticket: Ticket, pair: Sequence[str], times: int, candidate: Candidate, policy: Policy
) -> tuple[Notice, ...]:
    bare = to_worker(NoticeKind.TO_AND_FRO, None, ticket, policy, candidate.public_ids)
    people = {one.address.key: one for name in pair for one in leading(name, policy)}
    values = {"groups": " ↔ ".join(pair), "times": times}
    return tuple(
        replace(bare, recipient=one.address, bound_to=for_notes(one.bound_to), values=values)
        for key, one in people.items()
        if "@" in key and not policy.is_ours(key)
    )
