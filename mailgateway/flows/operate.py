"""What an operator wants done with a ticket: the same plan, the same write path as an agent's mail."""

from collections.abc import Sequence

from mailgateway.desk.agents.act import act
from mailgateway.desk.agents.objections import against_orders
from mailgateway.desk.agents.orders import Orders, named, people_named
from mailgateway.desk.incoming import stored
from mailgateway.desk.model import Agent
from mailgateway.desk.problems.declaring import words_about_problems
from mailgateway.flows.carry_out import carry_out
from mailgateway.flows.desk import Desk
from mailgateway.flows.problems import about_problems
from mailgateway.mail.model import Attachment
from mailgateway.store.gather import gather_ticket


def operate(
    desk: Desk, number: int, orders: Orders, agent: Agent, occasion: str, files: Sequence[Attachment] = ()
) -> str:
    """Carry out orders on a ticket; return what stands against them, "" where they were carried out.

    `occasion` is unique to this act; `files` go along with what is written.
    """
    policy = desk.policy()
    desk.store.blobs.put_all([file.content for file in files])
    with desk.store.writing() as tx:
        newcomers = [one.address for one in people_named(orders)]
        facts = gather_ticket(tx, number, occasion, desk.clock(), named(orders), newcomers)
        facts = about_problems(tx, facts, words_about_problems(orders))
        candidate = facts.candidate(number)
        if candidate is None:
            return f"there is no ticket {number}"
        if candidate.survivor is not None:
            return f"ticket {number} was merged into {candidate.survivor}: work on that one"
        against = against_orders(orders, agent, candidate, facts, policy)
        if against:
            return against.removeprefix("#")
        plan = act(orders, agent, candidate, facts, policy, tuple(map(stored, files)))
        carry_out(desk, tx, plan, facts, policy, at_hand=files)
    if plan.notices:
        desk.letters_waiting()
    return ""
