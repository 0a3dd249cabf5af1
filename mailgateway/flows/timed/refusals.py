"""Letters that could not be delivered: whoever works on the ticket is told, and the ticket remembers."""

from collections.abc import Iterable
from datetime import datetime

from mailgateway.desk.letters.returned import refused
from mailgateway.flows.carry_out import carry_out
from mailgateway.flows.desk import Desk
from mailgateway.store.engine import Transaction
from mailgateway.store.gather import gather_ticket
from mailgateway.store.outgoing import suppressions
from mailgateway.store.outgoing.outbox import OutboxLine


def tell_workers(desk: Desk, tx: Transaction, failed: Iterable[OutboxLine], now: datetime) -> None:
    """Tell the workers of their tickets of letters that failed, within the transaction that notes them as told."""
    policy = desk.policy()
    for line in failed:
        letter = suppressions.letter_about(tx, [line.message_id])
        if line.ticket is None or letter is None:
            continue
        # what failed, was tried again and failed anew is news again
        facts = gather_ticket(tx, line.ticket, f"failed-{line.id}-{now.isoformat()}", now)
        candidate = facts.candidate(line.ticket)
        plan = None if candidate is None else refused(letter, line.last_error, candidate, facts, policy)
        if plan is not None:
            carry_out(desk, tx, plan, facts, policy)
