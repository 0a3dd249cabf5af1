"""Several like incidents within a short time may have one cause: those who work on them are told so, once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailgateway.desk.letters.notices import to_worker
from mailgateway.desk.letters.workers import Worker, as_worker, team_of
from mailgateway.desk.model import LinkKind, Ticket, TicketType
from mailgateway.desk.plan import (
    AddLink,
    Change,
    Notice,
    NoticeKind,
    OpenTicket,
    Plan,
)
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.changes import LinkOthers
from mailgateway.desk.problems.likeness import Matter
from mailgateway.desk.threads.thread import for_all

MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of like tickets: the one with which they were suggested to be one problem, and their problem."""

    suggested_with: int | None = None
    problem: int | None = None


def new_incident(plan: Plan, policy: Policy) -> Ticket | None:
    """Return the incident that a plan opens, where it is to be compared with others."""
    match plan.changes:
        case (OpenTicket(ticket, _), *rest) if policy.problems.suggest_after and ticket.type is TicketType.INCIDENT:
            is_tied = any(isinstance(change, AddLink) and change.kind is LinkKind.PROBLEM for change in rest)
            return None if is_tied else ticket
    return None


def matter_of(ticket: Ticket) -> Matter:
    """Return a ticket as it is compared."""
    who = ticket.requester.name or ticket.requester.address
    return Matter(ticket.number, ticket.subject, who, ticket.group, ticket.ci)


def suggested(plan: Plan, like: Sequence[Matter], known: Known, policy: Policy) -> Plan:
    """Have a plan that opens an incident say what it seems to belong to; `like` are the tickets like it, newest first.

    Where they have a problem, who works on it is told the number; where they were suggested to be one, it joins them;
    where they are enough by now, it is suggested.
    """
    ticket = new_incident(plan, policy)
    if ticket is None or not like:
        return plan
    if known.problem is not None:
        return replace(plan, notices=tuple(_with_problem(one, known.problem) for one in plan.notices))
    if known.suggested_with is not None:
        return replace(plan, changes=(*plan.changes, AddLink(known.suggested_with, LinkKind.LIKE)))
    if len(like) + 1 < (policy.problems.suggest_after or 0):
        return plan
    gathered: Change = LinkOthers(tuple(sorted(one.number for one in like)), LinkKind.LIKE)
    return replace(plan, changes=(*plan.changes, gathered), notices=(*plan.notices, *_notices(ticket, like, policy)))


def _with_problem(notice: Notice, problem: int) -> Notice:
    if notice.kind is not NoticeKind.AGENT_NOTIFICATION:
        return notice
    return replace(notice, values={**notice.values, "problem": problem})


def _notices(ticket: Ticket, like: Sequence[Matter], policy: Policy) -> tuple[Notice, ...]:
    bare = to_worker(NoticeKind.PROBLEM_SUGGESTION, None, ticket, policy, ())
    values = {"alike": tuple(like[:MOST_LISTED]), "more": max(0, len(like) - MOST_LISTED)}
    people = {one.address.key: one for one in _told(ticket, like, policy)}
    return tuple(
        replace(bare, recipient=one.address, bound_to=for_all(one.bound_to), values=values)
        for key, one in people.items()
        if "@" in key and not policy.is_ours(key)
    )


def _told(ticket: Ticket, like: Sequence[Matter], policy: Policy) -> Iterator[Worker]:
    """Give everybody in the groups that have these tickets, and who leads them."""
    for name in dict.fromkeys((ticket.group, *(one.group for one in like))):
        group = policy.directory.group(name)
        if group is None:
            continue
        yield from team_of(group, policy)
        lead = policy.directory.agent(group.lead) if group.lead else None
        if lead is not None:
            yield as_worker(lead)
