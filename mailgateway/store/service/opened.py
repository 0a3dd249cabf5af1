"""How many tickets somebody opened lately: no more rows than are counted are looked at, by index."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tables.tickets import ArticleRow, SpoolRow, TicketRow

# the newest first and only then those of the hour: of somebody with many old tickets, few are looked at
_NEWEST = (
    select(TicketRow.number, TicketRow.created_at)
    .where(TicketRow.requester_key == bindparam("requester"))
    .order_by(TicketRow.number.desc())
    .limit(bindparam("most"))
    .subquery("newest")
)
_ANY = aliased(ArticleRow)
_FIRST = select(func.min(_ANY.id)).where(_ANY.ticket == _NEWEST.c.number).correlate(_NEWEST).scalar_subquery()
OPENED = select(func.count()).select_from(_NEWEST).where(_NEWEST.c.created_at > bindparam("since"))
ARRIVED = (
    select(func.count())
    .select_from(_NEWEST)
    .join(ArticleRow, ArticleRow.id == _FIRST)
    .outerjoin(SpoolRow, SpoolRow.id == ArticleRow.spool_id)
    .where(func.coalesce(SpoolRow.received_at, _NEWEST.c.created_at).between(bindparam("since"), bindparam("by")))
)


def opened_lately(
    tx: Transaction, address: str, now: datetime, arrived_at: datetime, within: timedelta, most: int
) -> int:
    """Return how many of somebody's tickets were opened by mails of the time before this one, counted up to `most`.

    Mails count from when they arrived, so that a backlog is no flood; that is asked only where so many tickets are new.
    """
    asked = {"requester": address_key(address), "most": most}
    new: int = tx.connection.execute(OPENED, {**asked, "since": now - within}).scalar_one()
    if new < most:
        return new
    return int(tx.connection.execute(ARRIVED, {**asked, "since": arrived_at - within, "by": arrived_at}).scalar_one())
