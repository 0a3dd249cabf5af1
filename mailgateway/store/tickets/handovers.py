"""Between which groups a ticket was handed, and the hand-over that it waits in."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from mailgateway.desk.model import Offer
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.tickets import EventRow

MOST_READ = 100

_TICK = timedelta(microseconds=1)

_MOVES = (
    select(EventRow.detail)
    .where(EventRow.ticket == bindparam("number"), EventRow.what == "group", EventRow.at > bindparam("since"))
    .order_by(EventRow.id.desc())
    .limit(MOST_READ)
)


def offer_of(head: Any) -> Offer | None:
    """Return the offer that the head of a ticket tells of, None where there is none."""
    if head.offered_at is None:
        return None
    left = None if head.accept_left is None else head.accept_left * _TICK
    return Offer(head.offer_giver, head.offered_at, head.accept_by, left, head.accept_since)


def offer_columns(offer: Offer | None) -> dict[str, object]:
    """Return the columns of a ticket's head for an offer, or for none."""
    return {
        "offer_giver": offer.giver if offer else None,
        "offered_at": offer.at if offer else None,
        "accept_by": offer.accept_by if offer else None,
        "accept_left": offer.left // _TICK if offer and offer.left is not None else None,
        "accept_since": offer.since if offer else None,
    }


def handovers(tx: Transaction, number: int, since: datetime) -> tuple[tuple[str, str], ...]:
    """Return from which group to which a ticket went since a time, the last first; its own events alone are read."""
    found = tx.connection.execute(_MOVES, {"number": number, "since": since}).scalars()
    return tuple((str(detail.get("before", "")), str(detail.get("after", ""))) for detail in found)
