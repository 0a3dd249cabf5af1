"""Who is told of an escalation, and how."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mailgateway.desk.after import after
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.letters import news
from mailgateway.desk.letters.notices import agent_notification, to_worker
from mailgateway.desk.letters.workers import Worker, as_worker, team_of, workers
from mailgateway.desk.levels.service_levels import Told
from mailgateway.desk.model import Group, Ticket
from mailgateway.desk.plan import Change, Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import for_notes
from mailgateway.mail.model import Address


def told(who: Iterable[Told], ticket: Ticket, policy: Policy) -> tuple[Worker, ...]:
    """Return whom a step names, each once; where it finds nobody, whoever works on the ticket."""
    group = policy.directory.group(ticket.group)
    found = [worker for one in who for worker in _of(one, ticket, group, policy)]
    return _writable(found, policy) or (workers(ticket, policy, "") if tuple(who) else ())


def team(name: str, policy: Policy) -> tuple[Worker, ...]:
    """Return everybody of a group."""
    group = policy.directory.group(name)
    return _writable(team_of(group, policy), policy) if group is not None else ()


def notices(
    people: Iterable[Worker], values: Mapping[str, object], candidate: Candidate, policy: Policy
) -> tuple[Notice, ...]:
    """Return the notice of an escalation for each of these."""
    bare = to_worker(NoticeKind.ESCALATION, None, candidate.ticket, policy, candidate.public_ids)
    return tuple(
        replace(
            bare,
            recipient=one.address,
            bound_to=for_notes(one.bound_to) if one.bound_to else "",
            values=dict(values),
        )
        for one in people
    )


def handed_over(changes: Iterable[Change], candidate: Candidate, facts: Facts, policy: Policy) -> tuple[Notice, ...]:
    """Give a ticket to those whom it is handed to, and tell its requester, where that is news to them."""
    ticket = after(candidate.ticket, changes, facts.now)
    status = news.of_status(candidate.ticket, ticket, candidate, facts, policy)
    return (*status, *agent_notification(None, ticket, policy, except_for="", references=candidate.public_ids))


def _of(one: Told, ticket: Ticket, group: Group | None, policy: Policy) -> Iterator[Worker]:
    name = {Told.ASSIGNEE: ticket.assignee, Told.LEAD: group.lead if group else None}.get(one)
    agent = policy.directory.agent(name) if name else None
    if agent is not None:
        yield as_worker(agent)
    elif one is Told.GROUP and group is not None:
        yield from team_of(group, policy)
    elif one is Told.MANAGER and group is not None and group.manager:
        known = policy.directory.agent_at(group.manager)
        yield as_worker(known) if known is not None else Worker(Address("", group.manager), "")


def _writable(found: Iterable[Worker], policy: Policy) -> tuple[Worker, ...]:
    unique = {worker.address.key: worker for worker in found}
    return tuple(worker for key, worker in unique.items() if "@" in key and not policy.is_ours(key))
