"""Whether a mail joins a ticket: of all that it names, the one by the strongest evidence that its writer belongs to."""

from dataclasses import dataclass

from mailgateway.desk.facts import Evidence, Facts
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.model import Agent, Status, Ticket
from mailgateway.desk.plan import RecordEvent
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.standing import standing
from mailgateway.desk.threads.thread import Thread, is_weak, may_join, threads
from mailgateway.desk.threads.trust import proofs, proven_agent
from mailgateway.mail.written.forward import is_forward

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Joining:
    """What a mail is about.

    `thread` is the ticket that it joins, as `agent` wrote where that is proven; `related` one that it names and may not
    join; `again` tells that the ticket has this very mail already, from another mailbox.
    """

    thread: Thread | None = None
    agent: Agent | None = None
    related: Thread | None = None
    again: bool = False


def join(incoming: Incoming, facts: Facts, policy: Policy) -> Joining:
    """Find the ticket of a mail. What is forwarded is a matter of its own, unless it goes to a signed address."""
    forwards = not incoming.verdict.is_machine and is_forward(incoming.mail, incoming.reply)
    related: Thread | None = None
    for thread in threads(incoming.verdict, incoming.keys, facts, policy):
        has_copy = facts.copy is not None and facts.copy.ticket in thread.candidate.numbers
        if has_copy and is_weak(thread.evidence):
            continue
        related = related or thread
        if forwards and thread.evidence is not Evidence.TOKEN:
            continue
        agent = None if incoming.verdict.is_machine else proven_agent(incoming.mail, thread, policy)
        if agent is not None or may_join(incoming.mail, incoming.verdict, thread, policy):
            return Joining(thread, agent, again=has_copy)
    return Joining(related=related)


def joined(incoming: Incoming, thread: Thread, policy: Policy, agent: Agent | None = None) -> RecordEvent:
    """Record by what a mail found its ticket, by what right its writer added to it, and what proves an agent."""
    proven: tuple[str, ...] = ()
    if agent is not None:
        right = f"agent {agent.name}"
        proven = proofs(incoming.mail, policy, token=agent in thread.agents)
    elif thread.as_participant:
        right = "holder of a participant's reply address"
    else:
        right = standing(incoming.mail.sender, thread.candidate.ticket, policy) or ""
    named = thread.named[:_LONGEST_NAME]
    told = {"by": thread.evidence.value, "named": named, "as": str(right), "proof": ", ".join(proven)}
    return RecordEvent("joined", {key: value for key, value in told.items() if value})


def is_over(ticket: Ticket, facts: Facts, policy: Policy) -> bool:
    """Tell whether a ticket was closed so long ago that a mail about it is a new matter."""
    within = policy.life_cycle_of(ticket).reopen_within
    return within is not None and ticket.status is Status.CLOSED and facts.now - ticket.status_since > within
