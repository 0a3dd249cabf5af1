"""A mail of an agent's, as all see it who decide about it."""

from dataclasses import dataclass

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.model import Agent, Ticket
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import Thread


@dataclass(frozen=True, slots=True)
class AgentMail:
    """A mail that an agent wrote about a ticket, with what is known of both."""

    incoming: Incoming
    thread: Thread
    agent: Agent
    facts: Facts
    policy: Policy

    @property
    def candidate(self) -> Candidate:
        """The ticket that it is about, as the database found it."""
        return self.thread.candidate

    @property
    def ticket(self) -> Ticket:
        """The ticket that it is about."""
        return self.candidate.ticket
