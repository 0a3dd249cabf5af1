"""What happened to tickets is written down here, and nowhere else."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert

from mailgateway.desk.events import Event
from mailgateway.store.engine import Transaction
from mailgateway.store.tables import EventRow

_RECORD = insert(EventRow).returning(EventRow.id, sort_by_parameter_order=True)


def record(tx: Transaction, events: Sequence[Event]) -> None:
    """Write events down in this order, and let who listens to the store know of them before the commit."""
    if not events:
        return
    rows = [
        {"ticket": one.ticket, "at": one.at, "actor": one.actor, "what": one.what, "detail": dict(one.detail)}
        for one in events
    ]
    ids = tx.connection.execute(_RECORD, rows).scalars().all()
    tx.happened.extend(replace(event, id=number) for event, number in zip(events, ids, strict=True))
