"""What the events of tickets say of a person who goes."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, update

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.tickets import EventRow

Redacted = Callable[[int, str, str, dict[str, Any]], tuple[str, dict[str, Any]]]
"""What ticket, actor, word and detail of an event become: its actor and its detail."""


def redact_events(tx: Transaction, tickets: Sequence[int], after: int, most: int, redacted: Redacted) -> int | None:
    """Redact the next events of tickets behind the one numbered `after`; return how far that came, None at the end."""
    some = (
        select(EventRow.id, EventRow.ticket, EventRow.actor, EventRow.what, EventRow.detail)
        .where(EventRow.ticket.in_(tickets), EventRow.id > after)
        .order_by(EventRow.id)
        .limit(most)
    )
    last = None
    for number, ticket, actor, what, detail in tx.connection.execute(some).all():
        last = number
        values = redacted(ticket, actor, what, detail)
        if values != (actor, detail):
            changed = update(EventRow).where(EventRow.id == number)
            tx.connection.execute(changed.values(actor=values[0], detail=values[1]))
    return last
