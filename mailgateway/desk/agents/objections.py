"""What stands against orders, whether they come by mail or from a shell."""

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.handovers.answering import against_answering
from mailgateway.desk.model import Agent
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.declaring import against_declaring
from mailgateway.desk.problems.incidents import against_linking
from mailgateway.desk.threads.merging import against_merging
from mailgateway.desk.timed.snooze import against_snooze


def against_orders(orders: Orders, agent: Agent, candidate: Candidate, facts: Facts, policy: Policy) -> str:
    """Return why orders cannot be carried out on a ticket, in words for their writer; "" where they can."""
    return (
        against_snooze(orders.snooze, facts.now, policy.ruleset.timezone)
        or against_answering(orders, agent, candidate, policy)
        or against_merging(orders, candidate, facts)
        or against_linking(orders, candidate, facts)
        or against_declaring(orders, candidate, facts, policy)
    )
