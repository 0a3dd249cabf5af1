"""What a requester did lately: the tickets they opened, and the automatic mails they got. One statement by indexes."""

from datetime import datetime

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from mailgateway.desk.letters.pingpong import MOST_LETTERS, MOST_TEXT, MOST_TICKETS, WITHIN, Lately, Opened
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tables.tickets import ArticleRow, OutboxRow, SpoolRow, TicketRow

_A_LETTER = 0
# the newest first and only then those of the day: of somebody with many old tickets, few are looked at
_THEIRS = (
    select(TicketRow.number, TicketRow.created_at, TicketRow.subject)
    .where(TicketRow.requester_key == bindparam("requester"))
    .order_by(TicketRow.number.desc())
    .limit(MOST_TICKETS)
    .subquery("theirs")
)
_ANY = aliased(ArticleRow)
_FIRST = select(func.min(_ANY.id)).where(_ANY.ticket == _THEIRS.c.number).correlate(_THEIRS).scalar_subquery()
_OPENED = (
    select(
        _THEIRS.c.number,
        func.coalesce(SpoolRow.received_at, _THEIRS.c.created_at).label("at"),
        _THEIRS.c.subject,
        func.substr(ArticleRow.text, 1, MOST_TEXT).label("said"),
    )
    .select_from(_THEIRS)
    .join(ArticleRow, ArticleRow.id == _FIRST)
    .outerjoin(SpoolRow, SpoolRow.id == ArticleRow.spool_id)
    .where(_THEIRS.c.created_at > bindparam("since"))
)
_LETTERS = (
    select(
        literal(_A_LETTER).label("number"),
        OutboxRow.created_at.label("at"),
        literal("").label("subject"),
        literal("").label("said"),
    )
    .where(
        OutboxRow.recipient_key == bindparam("requester"),
        OutboxRow.automatic.is_(True),
        OutboxRow.created_at > bindparam("since"),
    )
    .order_by(OutboxRow.created_at.desc())
    .limit(MOST_LETTERS)
    .subquery("letters")
)
_LATELY = union_all(_OPENED, select(_LETTERS))


def lately(tx: Transaction, address: str, now: datetime) -> Lately:
    """Return what somebody did within the last day; a ticket is as old as the mail that opened it."""
    asked = {"requester": address_key(address), "since": now - WITHIN}
    rows = [tuple(row) for row in tx.connection.execute(_LATELY, asked)]
    opened = (Opened(number, at, subject, text or "") for number, at, subject, text in rows if number != _A_LETTER)
    return Lately(
        tuple(sorted(opened, key=lambda one: -one.number)),
        tuple(at for number, at, _, _ in rows if number == _A_LETTER),
    )
