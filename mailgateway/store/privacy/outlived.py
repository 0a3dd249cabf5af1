"""What has outlived its time, and how it goes: by index, so much at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, text, update

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.model import LinkKind, Status
from mailgateway.desk.privacy.person import ERASED_TEXT, bare_trace
from mailgateway.desk.privacy.retention import REMOVED_TEXT, Kind
from mailgateway.store.engine import Transaction
from mailgateway.store.loose import let_go
from mailgateway.store.privacy.marks import Mark
from mailgateway.store.privacy.traces import HAS_CONTENT
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.partial import BARE_LETTER, BARE_MAIL, CLOSED
from mailgateway.store.tables.tickets import (
    ArticleRow,
    AttachmentRow,
    CallRow,
    LinkRow,
    OutboxRow,
    SpoolRow,
    TicketRow,
)

_Rows = Select[*tuple[Any, ...]]
_UNDER_WAY = (DeliveryState.QUEUED, DeliveryState.SENDING)
_MERGED = LinkRow.kind == LinkKind.MERGED_INTO


def closed(tx: Transaction, mark: Mark, before: datetime, most: int) -> list[tuple[int, datetime]]:
    """Return the next tickets behind a mark that were closed before a moment, the longest closed first."""
    found = select(TicketRow.number, TicketRow.status_since).where(text(CLOSED), TicketRow.status_since < before)
    if mark.closed_at is not None:
        same = and_(TicketRow.status_since == mark.closed_at, TicketRow.number > mark.ticket)
        found = found.where(
            TicketRow.status_since >= mark.closed_at, or_(TicketRow.status_since > mark.closed_at, same)
        )
    rows = tx.connection.execute(found.order_by(TicketRow.status_since, TicketRow.number).limit(most))
    return [(row.number, row.status_since) for row in rows]


def with_merged(tx: Transaction, numbers: Sequence[int]) -> list[int]:
    """Return the tickets and all that were merged into them, without those that were merged themselves.

    What was merged goes on in another ticket, and goes with that.
    """
    merged = select(LinkRow.ticket).where(LinkRow.ticket.in_(numbers), _MERGED)
    survivors = sorted(set(numbers) - set(tx.connection.execute(merged).scalars()))
    into = select(LinkRow.ticket).where(LinkRow.other.in_(survivors), _MERGED)
    return [*survivors, *sorted(tx.connection.execute(into).scalars())]


def remove(tx: Transaction, kind: Kind, tickets: Sequence[int], before: datetime, most: int) -> int:
    """Remove what is older than a moment of a kind of tickets; return how much went, `most` at most of each table."""
    if not tickets:
        return 0
    match kind:
        case Kind.RAW:
            mails = _remove_mails(tx, _mails(before).where(SpoolRow.ticket.in_(tickets)).limit(most))
            letters = _remove_letters(tx, _letters(before).where(OutboxRow.ticket.in_(tickets)).limit(most))
            return mails + letters + _remove_calls(tx, tickets, before, most)
        case Kind.ATTACHMENTS:
            return _remove_files(tx, _files(before).where(ArticleRow.ticket.in_(tickets)).limit(most))
        case Kind.TEXTS:
            _bare_traces(tx, tickets)
            return _remove_texts(tx, _texts(before).where(ArticleRow.ticket.in_(tickets)).limit(most))


def remove_bare(tx: Transaction, before: datetime, most: int) -> int:
    """Remove mails and letters that no ticket has and that ended before a moment; return how many went."""
    mails = select(SpoolRow.id, SpoolRow.sha256).where(text(BARE_MAIL), SpoolRow.ended_at < before)
    letters = select(OutboxRow.id, OutboxRow.sha256).where(text(BARE_LETTER), OutboxRow.ended_at < before)
    gone = _remove_mails(tx, mails.order_by(SpoolRow.ended_at, SpoolRow.id).limit(most))
    return gone + _remove_letters(tx, letters.order_by(OutboxRow.ended_at, OutboxRow.id).limit(most))


def count(tx: Transaction, kind: Kind, before: datetime) -> int:
    """Count what of a kind has outlived its time: looks at every ticket that was closed before that moment."""
    merged = select(LinkRow.ticket, LinkRow.other).where(_MERGED).subquery()
    survivor = func.coalesce(merged.c.other, TicketRow.number)
    ended = select(TicketRow.number).where(TicketRow.status == Status.CLOSED, TicketRow.status_since < before)
    of = select(TicketRow.number).outerjoin(merged, merged.c.ticket == TicketRow.number).where(survivor.in_(ended))
    match kind:
        case Kind.RAW:
            mails = _counted(tx, _mails(before).where(SpoolRow.ticket.in_(of)))
            letters = _counted(tx, _letters(before).where(OutboxRow.ticket.in_(of)))
            calls = _counted(tx, _calls(before).where(CallRow.ticket.in_(of)))
            bare_mails = select(SpoolRow.id).where(text(BARE_MAIL), SpoolRow.ended_at < before)
            bare_letters = select(OutboxRow.id).where(text(BARE_LETTER), OutboxRow.ended_at < before)
            return mails + letters + calls + _counted(tx, bare_mails) + _counted(tx, bare_letters)
        case Kind.ATTACHMENTS:
            return _counted(tx, _files(before).where(ArticleRow.ticket.in_(of)))
        case Kind.TEXTS:
            return _counted(tx, _texts(before).where(ArticleRow.ticket.in_(of)))


def _counted(tx: Transaction, rows: _Rows) -> int:
    return tx.connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one()


def _mails(before: datetime) -> _Rows:
    return select(SpoolRow.id, SpoolRow.sha256).where(
        SpoolRow.state == SpoolState.FINISHED, SpoolRow.sha256 != "", SpoolRow.ended_at < before
    )


def _letters(before: datetime) -> _Rows:
    return select(OutboxRow.id, OutboxRow.sha256).where(
        HAS_CONTENT, OutboxRow.state.not_in(_UNDER_WAY), OutboxRow.ended_at < before
    )


def _calls(before: datetime) -> _Rows:
    return select(CallRow.id).where(CallRow.content != b"", CallRow.state.not_in(_UNDER_WAY), CallRow.ended_at < before)


def _files(before: datetime) -> _Rows:
    files = select(AttachmentRow.id, AttachmentRow.sha256).join(ArticleRow, ArticleRow.id == AttachmentRow.article)
    return files.where(AttachmentRow.sha256 != "", ArticleRow.at < before)


def _texts(before: datetime) -> _Rows:
    return select(ArticleRow.id).where(ArticleRow.text.not_in((REMOVED_TEXT, ERASED_TEXT)), ArticleRow.at < before)


def _remove_mails(tx: Transaction, found: _Rows) -> int:
    rows = tx.connection.execute(found).all()
    let_go(tx, [row.sha256 for row in rows])
    gone = update(SpoolRow).where(SpoolRow.id.in_([row.id for row in rows]))
    tx.connection.execute(gone.values(sha256="", subject="", error=""))
    return len(rows)


def _remove_letters(tx: Transaction, found: _Rows) -> int:
    rows = tx.connection.execute(found).all()
    let_go(tx, [row.sha256 for row in rows])
    gone = update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows]))
    tx.connection.execute(gone.values(content=None, sha256=None))
    return len(rows)


def _remove_calls(tx: Transaction, tickets: Sequence[int], before: datetime, most: int) -> int:
    found = _calls(before).where(CallRow.ticket.in_(tickets)).limit(most)
    ids = tx.connection.execute(found).scalars().all()
    tx.connection.execute(update(CallRow).where(CallRow.id.in_(ids)).values(content=b""))
    return len(ids)


def _remove_files(tx: Transaction, found: _Rows) -> int:
    rows = tx.connection.execute(found).all()
    let_go(tx, [row.sha256 for row in rows])
    gone = update(AttachmentRow).where(AttachmentRow.id.in_([row.id for row in rows]))
    tx.connection.execute(gone.values(sha256=""))
    return len(rows)


def _remove_texts(tx: Transaction, found: _Rows) -> int:
    ids = tx.connection.execute(found).scalars().all()
    gone = update(ArticleRow).where(ArticleRow.id.in_(ids))
    tx.connection.execute(gone.values(text=REMOVED_TEXT, full_text=REMOVED_TEXT, html=None))
    return len(ids)


def _bare_traces(tx: Transaction, tickets: Sequence[int]) -> None:
    """Take from routing traces what they quote of a mail."""
    found = select(TicketRow.number, TicketRow.trace).where(TicketRow.number.in_(tickets))
    for number, trace in tx.connection.execute(found).all():
        if trace.get("steps"):
            bare = update(TicketRow).where(TicketRow.number == number).values(trace=bare_trace(trace))
            tx.connection.execute(bare)
