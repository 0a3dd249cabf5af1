"""How fast letters leave: what went to a domain lately, what waits for its turn, what the server put off."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.letters.pacing import Gone
from mailgateway.desk.letters.route import EVERYTHING, Route
from mailgateway.store.engine import Transaction
from mailgateway.store.hosts.turns import take_turn
from mailgateway.store.outgoing.routes import leaves_by
from mailgateway.store.tables.tickets import OutboxRow


@dataclass(frozen=True, slots=True)
class PutOff:
    """Letters that were tried and wait to be tried again: to how many domains they go, and since when the first is."""

    domains: int
    since: datetime


_POSTPONE = (
    update(OutboxRow)
    .where(OutboxRow.id == bindparam("outgoing_id"), OutboxRow.state == DeliveryState.SENDING)
    .values(
        state=DeliveryState.QUEUED,
        attempts=OutboxRow.attempts - 1,
        next_attempt_at=bindparam("until"),
        claimed_by=None,
        claimed_at=None,
    )
)
_GONE = select(func.count(), func.min(OutboxRow.ended_at)).where(
    OutboxRow.domain == bindparam("of_domain"),
    OutboxRow.ended_at > bindparam("since"),
    OutboxRow.state == DeliveryState.SENT,
)
_UNDER_WAY = select(OutboxRow.id, OutboxRow.domain).where(
    OutboxRow.state == DeliveryState.SENDING, OutboxRow.domain.in_(bindparam("domains", expanding=True))
)
_PUT_OFF = select(func.count(OutboxRow.domain.distinct()), func.min(OutboxRow.first_at)).where(
    OutboxRow.state == DeliveryState.QUEUED, OutboxRow.attempts > 0
)


def postpone(tx: Transaction, until: Mapping[int, datetime]) -> None:
    """Let letters that were claimed and not begun wait, as if they had not been claimed, until a time of each."""
    if until:
        rows = [{"outgoing_id": outgoing_id, "until": at} for outgoing_id, at in until.items()]
        tx.connection.execute(_POSTPONE, rows)


def gone(
    tx: Transaction, since: Mapping[str, datetime], except_for: Collection[int], route: Route = EVERYTHING
) -> dict[str, Gone]:
    """Count, for each of these domains, the letters of a route taken since its time, and those under way.

    Hosts that ask wait for each other until the transaction ends: each sees what the one before it has claimed.
    """
    take_turn(tx, f"pace {route.mailbox}")
    ours = leaves_by(route)
    under_way = Counter(
        domain
        for outgoing_id, domain in tx.connection.execute(_UNDER_WAY.where(ours), {"domains": list(since)})
        if outgoing_id not in except_for
    )
    taken = _GONE.where(ours)
    found = {}
    for domain, at in since.items():
        count, first_at = tx.connection.execute(taken, {"of_domain": domain, "since": at}).one()
        found[domain] = Gone(count + under_way[domain], first_at)
    return found


def put_off(tx: Transaction, route: Route = EVERYTHING) -> PutOff | None:
    """Return what the letters have in common that a route's server put off and that still wait; None where none do."""
    domains, since = tx.connection.execute(_PUT_OFF.where(leaves_by(route))).one()
    return PutOff(domains, since) if domains else None
