"""Who works on a ticket, and has to be told of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailgateway.desk.model import Agent, Group, Ticket
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import bound_to_agent, bound_to_group
from mailgateway.mail.model import Address


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works on a ticket, and whom their reply address is signed for."""

    address: Address
    bound_to: str


def workers(ticket: Ticket, policy: Policy, except_for: str) -> tuple[Worker, ...]:
    """Return who works on a ticket or watches it, each once. `except_for` is the address of who knows already."""
    author = policy.directory.agent_at(except_for)
    known = author.addresses if author else {except_for.casefold()}
    found: dict[str, Worker] = {}
    for worker in (*_responsible(ticket, policy), *_watching(ticket, policy)):
        found.setdefault(worker.address.key, worker)
    return tuple(worker for key, worker in found.items() if "@" in key and key not in known and not policy.is_ours(key))


def _responsible(ticket: Ticket, policy: Policy) -> Iterator[Worker]:
    """The assignee; else the group; else, where the configuration knows neither any more, the mailbox's own group."""
    assignee = policy.directory.agent(ticket.assignee) if ticket.assignee else None
    if assignee is not None:
        yield as_worker(assignee)
        return
    group = policy.directory.group(ticket.group)
    if group is None or not (group.members or group.address):
        group = policy.directory.group(policy.mailbox(ticket.mailbox).default.group)
    if group is not None:
        yield from team_of(group, policy)


def _watching(ticket: Ticket, policy: Policy) -> Iterator[Worker]:
    for name in ticket.watchers:
        agent = policy.directory.agent(name)
        if agent is not None:
            yield as_worker(agent)


def team_of(group: Group, policy: Policy) -> Iterator[Worker]:
    """Give everybody who is told of tickets of a group: its members, and its shared address."""
    for name in group.members:
        agent = policy.directory.agent(name)
        if agent is not None:
            yield as_worker(agent)
    if group.address:
        yield Worker(Address(group.display, group.address), bound_to_group(group))


def leading(name: str, policy: Policy) -> Iterator[Worker]:
    """Give who leads a group; everybody in it where nobody does."""
    group = policy.directory.group(name)
    lead = policy.directory.agent(group.lead) if group is not None and group.lead else None
    if lead is not None:
        yield as_worker(lead)
    elif group is not None:
        yield from team_of(group, policy)


def as_worker(agent: Agent) -> Worker:
    """Return an agent as somebody to write to."""
    return Worker(Address(agent.display, agent.address), bound_to_agent(agent))
