"""What an operator wants done with a ticket: the same plan, the same write path as an agent's mail."""

from mailgateway.desk.act import act
from mailgateway.desk.model import Agent
from mailgateway.desk.orders import Orders
from mailgateway.flows.desk import Desk
from mailgateway.flows.letters import queue_letters
from mailgateway.store.apply import apply
from mailgateway.store.gather import gather_ticket


def operate(desk: Desk, number: int, orders: Orders, agent: Agent, occasion: str) -> bool:
    """Carry out orders on a ticket; False where there is no such ticket. `occasion` is unique to this act."""
    policy = desk.policy()
    with desk.store.writing() as tx:
        facts = gather_ticket(tx, number, occasion, desk.clock())
        candidate = facts.candidate(number)
        if candidate is None:
            return False
        plan = act(orders, agent, candidate, facts, policy)
        apply(tx, plan, None)
        queue_letters(desk, tx, plan, number, occasion, policy)
    if plan.notices:
        desk.letters_waiting()
    return True
