"""Whose turn it is: how a rule spreads the tickets of a group over its members."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailgateway.desk.facts import Facts, Workload
from mailgateway.desk.plan import Change, TakeTurn
from mailgateway.desk.policy import Policy
from mailgateway.rules.schema import Turn


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who gets a ticket, and what has to be noted; `waits_for` is the group whose workload is not known yet."""

    agent: str | None = None
    changes: tuple[Change, ...] = ()
    waits_for: str = ""


def assigned(decided: str | None, group: str, facts: Facts, policy: Policy) -> Assigned:
    """Return the agent whom a rule decided on: by name, or by a turn among the members of the ticket's group."""
    if not isinstance(decided, Turn):
        return Assigned(decided)
    team = policy.directory.group(group)
    if team is None or not team.members:
        return Assigned()
    if facts.workload is None or facts.workload.group != group:
        return Assigned(waits_for=group)
    agent = chosen(decided, team.members, facts.workload)
    return Assigned(agent, (TakeTurn(group, agent),))


def chosen(turn: Turn, members: Sequence[str], workload: Workload) -> str:
    """Return one of the members, of whom there has to be one.

    Who has the fewest open tickets is chosen among equals by whose turn it is; whose requester nobody helped yet gets
    the one whose turn it is.
    """
    in_turn = _in_turn(members, workload.last_turn)
    if turn is Turn.LEAST_OPEN:
        return min(in_turn, key=lambda agent: workload.open_tickets.get(agent, 0))
    if turn is Turn.LAST and workload.last_helper in members:
        return str(workload.last_helper)
    return in_turn[0]


def _in_turn(members: Sequence[str], last: str) -> list[str]:
    start = members.index(last) + 1 if last in members else 0
    return [*members[start:], *members[:start]]
