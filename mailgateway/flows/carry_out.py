"""A plan is carried out: its clocks go on, its letters are written, and its ticket knows when it is next looked at."""

from collections.abc import Sequence

from mailgateway.desk.backfill import roused
from mailgateway.desk.facts import Facts
from mailgateway.desk.handovers.offering import offered
from mailgateway.desk.handovers.to_and_fro import handed, noticed
from mailgateway.desk.levels.levelled import levelled
from mailgateway.desk.plan import Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.declaring import ended
from mailgateway.desk.problems.incidents import informed
from mailgateway.desk.timed.agenda import with_attention
from mailgateway.flows.desk import Desk
from mailgateway.flows.sending.letters import queue_letters
from mailgateway.mail.model import Attachment
from mailgateway.store.engine import Transaction
from mailgateway.store.incoming.spool import Spooled
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.handovers import handovers


def carry_out(
    desk: Desk,
    tx: Transaction,
    plan: Plan,
    facts: Facts,
    policy: Policy,
    spooled: Spooled | None = None,
    at_hand: Sequence[Attachment] = (),
) -> int | None:
    """Do all that a plan says, within the transaction; return the number of its ticket, None where it has none.

    `facts` are those that the plan was made from, `spooled` the mail that caused it, `at_hand` its attachments.
    """
    if spooled is not None and spooled.backfill:
        number = apply(tx, plan, spooled)
        tx.happened.clear()  # webhooks hear of nothing that is old
        return number
    candidate = None if plan.ticket is None else facts.candidate(plan.ticket)
    plan = roused(plan, candidate)
    if candidate is not None:
        plan = offered(plan, candidate, policy)
    plan = ended(informed(levelled(plan, facts, policy), facts), facts)
    if candidate is not None and handed(plan) is not None:
        since = plan.at - policy.handovers.within
        plan = noticed(plan, candidate, handovers(tx, candidate.ticket.number, since), policy)
    number = apply(tx, with_attention(plan, candidate, policy), spooled)
    queue_letters(desk, tx, plan, number, facts.occasion, policy, at_hand)
    return number
