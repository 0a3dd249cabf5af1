"""How many automatic mails addresses got lately: one statement over two indexes."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, func, literal, select, union_all

from mailgateway.desk.letters.loop_limits import IN_ALL, WINDOWS
from mailgateway.desk.letters.loops import Traffic
from mailgateway.desk.letters.urgency import Urgency
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tables.tickets import OutboxRow

_NO_TICKET = 0


def _within(window: int) -> ColumnElement[int]:
    is_recent = OutboxRow.created_at > bindparam(f"since_{window}")
    return func.coalesce(func.sum(case((is_recent, 1), else_=0)), 0)


_WANTED = OutboxRow.recipient_key.in_(bindparam("keys", expanding=True))
_COUNTS = [_within(window) for window in range(len(WINDOWS))]
# An expression, so that the index of tickets is taken: an address may have a million letters, a ticket has a few.
_RECIPIENT = func.coalesce(OutboxRow.recipient_key, "")
_ABOUT = (
    select(_RECIPIENT.label("recipient_key"), literal(1), *_COUNTS)
    .where(
        _RECIPIENT.in_(bindparam("keys", expanding=True)),
        OutboxRow.ticket == bindparam("about"),
        OutboxRow.urgency > Urgency.ANSWER,
        OutboxRow.created_at > bindparam(f"since_{len(WINDOWS) - 1}"),
    )
    .group_by(_RECIPIENT)
)
# the few that persons wrote count too: so the index alone tells
_IN_ALL = (
    select(OutboxRow.recipient_key, literal(0), *_COUNTS)
    .where(
        _WANTED,
        OutboxRow.automatic.in_((True, False)),
        OutboxRow.created_at > bindparam(f"since_{IN_ALL - 1}"),
    )
    .group_by(OutboxRow.recipient_key)
)
_TRAFFIC = union_all(_ABOUT, _IN_ALL)


def traffic(tx: Transaction, addresses: Collection[str], ticket: int | None, now: datetime) -> dict[str, Traffic]:
    """Count the mails that these addresses (casefolded) got within each window, in all and about a ticket."""
    by_key = {address_key(address): address for address in addresses}
    if not by_key:
        return {}
    since = {f"since_{number}": now - window for number, window in enumerate(WINDOWS)}
    found: dict[str, dict[int, tuple[int, ...]]] = defaultdict(dict)
    for key, about, *counts in tx.connection.execute(
        _TRAFFIC, {"keys": list(by_key), "about": ticket or _NO_TICKET, **since}
    ):
        found[by_key[key]][about] = tuple(counts)
    nothing = Traffic()
    return {
        address: Traffic(one.get(0, nothing.in_all)[:IN_ALL], one.get(1, nothing.about_ticket))
        for address, one in found.items()
    }
