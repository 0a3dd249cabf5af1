"""A ticket as people see it: whole."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from mailgateway.desk.events import Event
from mailgateway.desk.model import Article, ArticleKind, Beside, Direction, StoredFile, Ticket
from mailgateway.desk.problems.major import Major
from mailgateway.mail.model import Address
from mailgateway.store.engine import Transaction
from mailgateway.store.service.clocks import read_clocks
from mailgateway.store.service.majors import majors_of
from mailgateway.store.tables.tickets import ArticleRow, AttachmentRow, EventRow, TicketRow
from mailgateway.store.tickets.beside import open_beside
from mailgateway.store.tickets.heads import read_heads
from mailgateway.store.tickets.links import LinkedTicket, linked_tickets


@dataclass(frozen=True, slots=True)
class Most:
    """How much of a long ticket is read, the newest: articles and events each, and characters of all articles."""

    entries: int
    characters: int


@dataclass(frozen=True, slots=True)
class FiledArticle:
    """An article with the id by which people speak of it, and the ticket that it was written to."""

    id: int
    ticket: int
    article: Article


@dataclass(frozen=True, slots=True)
class TicketSheet:
    """A whole ticket: articles and events oldest first, and the routing trace of its first mail.

    Among the articles are those of the tickets that were merged into it; `beside` are other open tickets about the same
    thing, `major` is what it is as a major incident. What was left out is its oldest part.
    """

    ticket: Ticket
    articles: tuple[FiledArticle, ...]
    events: tuple[Event, ...]
    links: tuple[LinkedTicket, ...]
    trace: Mapping[str, Any]
    articles_left_out: int = 0
    events_left_out: int = 0
    beside: tuple[Beside, ...] = ()
    major: Major | None = None


_ARTICLES = select(
    ArticleRow.id,
    ArticleRow.ticket,
    ArticleRow.kind,
    ArticleRow.direction,
    ArticleRow.sender_name,
    ArticleRow.sender_address,
    ArticleRow.at,
    ArticleRow.text,
    ArticleRow.full_text,
    ArticleRow.html,
    ArticleRow.message_id,
    ArticleRow.mail_kind,
    ArticleRow.flags,
).order_by(ArticleRow.id)
_FILES = select(
    AttachmentRow.article,
    AttachmentRow.filename,
    AttachmentRow.content_type,
    AttachmentRow.size,
    AttachmentRow.sha256,
    AttachmentRow.inline,
    AttachmentRow.content_id,
    AttachmentRow.refused,
).order_by(AttachmentRow.id)

_EVENTS = select(EventRow.ticket, EventRow.at, EventRow.actor, EventRow.what, EventRow.detail, EventRow.id).order_by(
    EventRow.id
)


def shown(tx: Transaction, number: int, most: Most | None = None) -> TicketSheet | None:
    """Return a whole ticket, or the newest part of a long one; None where there is none with this number."""
    ticket = read_heads(tx, [number]).get(number)
    if ticket is None:
        return None
    ticket = replace(ticket, clocks=read_clocks(tx, [number]).get(number, ()))
    trace = tx.connection.execute(select(TicketRow.trace).where(TicketRow.number == number)).scalar_one()
    links = linked_tickets(tx, number)
    articles = ArticleRow.ticket.in_([number, *(link.number for link in links if link.relation == "merged")])
    events = EventRow.ticket == number
    beside, major = open_beside(tx, ticket.ci, number), majors_of(tx, [number]).get(number)
    if most is None:
        return TicketSheet(
            ticket, _found(tx, articles), _happened(tx, events), links, trace, beside=beside, major=major
        )
    oldest = _oldest_article(tx, articles, most)
    oldest_event = _nth_newest_event(tx, events, most.entries)
    return TicketSheet(
        ticket,
        _found(tx, articles & (ArticleRow.id >= oldest)),
        _happened(tx, events & (EventRow.id >= oldest_event)),
        links,
        trace,
        _count(tx, ArticleRow.id, articles & (ArticleRow.id < oldest)),
        _count(tx, EventRow.id, events & (EventRow.id < oldest_event)),
        beside,
        major,
    )


def _oldest_article(tx: Transaction, articles: ColumnElement[bool], most: Most) -> int:
    """Return the id of the oldest article that is read; the newest always is."""
    length = func.length(ArticleRow.text) + func.coalesce(func.length(ArticleRow.html), 0)
    newest = select(ArticleRow.id, length).where(articles).order_by(ArticleRow.id.desc()).limit(most.entries)
    left, oldest = most.characters, 0
    for article_id, characters in tx.connection.execute(newest):
        left -= characters
        if left < 0 and oldest:
            break
        oldest = article_id
    return oldest


def _nth_newest_event(tx: Transaction, events: ColumnElement[bool], place: int) -> int:
    ids = select(EventRow.id).where(events).order_by(EventRow.id.desc()).offset(place - 1).limit(1)
    return tx.connection.execute(ids).scalar() or 0


def _count(tx: Transaction, key: Any, wanted: ColumnElement[bool]) -> int:
    return tx.connection.execute(select(func.count(key)).where(wanted)).scalar_one()


def _happened(tx: Transaction, wanted: ColumnElement[bool]) -> tuple[Event, ...]:
    return tuple(Event(*row) for row in tx.connection.execute(_EVENTS.where(wanted)))


def opening(tx: Transaction, number: int) -> Article | None:
    """Return the article that a ticket began with, None where no mail opened it."""
    first = ArticleRow.ticket == number, ArticleRow.kind != ArticleKind.NOTE, ArticleRow.direction == Direction.IN
    row = tx.connection.execute(_ARTICLES.where(*first).limit(1)).first()
    if row is None:
        return None
    return _article(row, _files(tx, select(AttachmentRow.article).where(AttachmentRow.article == row.id))[row.id])


def article(tx: Transaction, article_id: int) -> Article | None:
    """Return one article, None where there is none with this id."""
    row = tx.connection.execute(_ARTICLES.where(ArticleRow.id == article_id)).first()
    if row is None:
        return None
    return _article(row, _files(tx, select(ArticleRow.id).where(ArticleRow.id == row.id))[row.id])


def articles(tx: Transaction, ids: Sequence[int]) -> tuple[FiledArticle, ...]:
    """Return articles by their ids, oldest first; what is not there is left out."""
    return _found(tx, ArticleRow.id.in_(ids)) if ids else ()


def _found(tx: Transaction, wanted: ColumnElement[bool]) -> tuple[FiledArticle, ...]:
    files = _files(tx, select(ArticleRow.id).where(wanted))
    rows = tx.connection.execute(_ARTICLES.where(wanted))
    return tuple(FiledArticle(row.id, row.ticket, _article(row, files[row.id])) for row in rows)


def _article(row: Any, files: list[StoredFile]) -> Article:
    return Article(
        kind=row.kind,
        direction=row.direction,
        sender=Address(row.sender_name, row.sender_address),
        at=row.at,
        text=row.text,
        full_text=row.full_text,
        html=row.html,
        message_id=row.message_id,
        mail_kind=row.mail_kind,
        attachments=tuple(files),
        flags=tuple(row.flags),
    )


def _files(tx: Transaction, articles: Select[Any]) -> dict[int, list[StoredFile]]:
    found: dict[int, list[StoredFile]] = defaultdict(list)
    for row in tx.connection.execute(_FILES.where(AttachmentRow.article.in_(articles))):
        found[row[0]].append(StoredFile(*row[1:]))
    return found
