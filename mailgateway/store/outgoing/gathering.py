"""Letters that wait a little for what else there is to tell: taken back when a later one says it all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.letters.news import ANSWERS
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tables.tickets import OutboxRow

_WAITING = (
    select(OutboxRow.id, OutboxRow.known, OutboxRow.next_attempt_at)
    .where(
        OutboxRow.ticket == bindparam("of_ticket"),
        OutboxRow.recipient_key == bindparam("key"),
        OutboxRow.state == DeliveryState.QUEUED,
        OutboxRow.known.is_not(None),
        OutboxRow.uncertain.is_(False),
    )
    .order_by(OutboxRow.id.desc())
    .limit(1)
    .with_for_update()
)
_ANSWERED = (
    select(OutboxRow.id)
    .where(
        OutboxRow.ticket == bindparam("of_ticket"),
        OutboxRow.recipient_key == bindparam("key"),
        OutboxRow.notice.in_(sorted(ANSWERS)),
        OutboxRow.created_at > bindparam("since"),
    )
    .limit(1)
)
_TAKEN = {"state": DeliveryState.CANCELLED, "answer": "a later letter tells it", "next_attempt_at": None}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that was taken back before it was sent: what its recipient knew before it, and when it was due."""

    known: str
    due: datetime


def take_back(tx: Transaction, ticket: int, recipient_key: str, now: datetime) -> Waiting | None:
    """Give up the letter that waits to be gathered with what follows; None where there is none.

    What the sender has taken is not taken back. What was taken back counts for no limit, as nobody got it.
    """
    found = tx.connection.execute(_WAITING, {"of_ticket": ticket, "key": address_key(recipient_key)}).first()
    if found is None:
        return None
    waits = update(OutboxRow).where(OutboxRow.id == found.id, OutboxRow.state == DeliveryState.QUEUED)
    taken = tx.connection.execute(waits.values(**_TAKEN, ended_at=now, automatic=False))
    return Waiting(found.known, found.next_attempt_at) if taken.rowcount else None


def answered(tx: Transaction, ticket: int, recipient_key: str, since: datetime) -> bool:
    """Tell whether an answer about the ticket was queued for somebody since then."""
    wanted = {"of_ticket": ticket, "key": address_key(recipient_key), "since": since}
    return tx.connection.execute(_ANSWERED, wanted).first() is not None
