"""Where a person is found. What is looked up for every mail has an index; what only a privacy request asks for is
walked through by number, in parts: such requests are rare, and mails should not pay for them.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from mailgateway.desk.letters.notice_kind import NoticeKind
from mailgateway.desk.lifecycle import DONE
from mailgateway.desk.model import ArticleKind, Direction
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tables.tickets import (
    ArticleRow,
    AttachmentRow,
    OutboxRow,
    ParticipantRow,
    SpoolRow,
    SuppressionRow,
    TicketRow,
)
from mailgateway.store.tables.wishes import UnsubscriptionRow

PART = 10_000
"""So many numbers are walked through at a time."""

IDS = 500
"""So many rows are asked for by number at a time."""

HAS_CONTENT: ColumnElement[bool] = OutboxRow.content.is_not(None) | OutboxRow.sha256.is_not(None)
"""Of which letters the bytes are kept: beside them, or among the blobs."""

KNOWN = (SpoolRow.sha256 != "") | (SpoolRow.sender != "")
"""Of which mails the bytes are kept or, once these have outlived their time, who wrote them."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Somebody's addresses as they are looked up."""

    keys: frozenset[str]

    @staticmethod
    def of(addresses: Collection[str]) -> "Keys":
        """Return the keys of addresses."""
        return Keys(frozenset(map(address_key, addresses)))

    def has(self, address: str) -> bool:
        """Tell whether an address is among them."""
        return address_key(address) in self.keys


@dataclass(frozen=True, slots=True)
class Written:
    """An article of somebody's: theirs, or what they answered as an agent."""

    id: int
    ticket: int
    spool_id: int | None
    sender_name: str
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class Unfiled:
    """A mail that became no article. `sender` is "" where only its bytes tell it."""

    id: int
    sender: str
    sha256: str
    is_waiting: bool


def parts(ids: Sequence[int], size: int = IDS) -> Iterator[tuple[int, ...]]:
    """Give a sequence in parts."""
    for start in range(0, len(ids), size):
        yield tuple(ids[start : start + size])


def last_numbers(tx: Transaction) -> tuple[int, int, int, int]:
    """Return the last numbers of participants, articles, mails and letters: how far there is to walk."""
    participants, articles, mails, letters = (
        tx.connection.execute(select(func.max(key))).scalar() or 0
        for key in (ParticipantRow.id, ArticleRow.id, SpoolRow.id, OutboxRow.id)
    )
    return participants, articles, mails, letters


def own_tickets(tx: Transaction, whose: Keys) -> dict[int, str]:
    """Return the tickets that they asked for, by number, with the name that each has of them."""
    found = select(TicketRow.number, TicketRow.requester_name).where(TicketRow.requester_key.in_(whose.keys))
    return {row.number: row.requester_name for row in tx.connection.execute(found)}


def takes_part(tx: Transaction, whose: Keys, start: int) -> Iterator[tuple[int, str]]:
    """Give ticket and name of each participant in the part behind `start` who is them."""
    found = select(ParticipantRow.ticket, ParticipantRow.name).where(
        _part(ParticipantRow.id, start), ParticipantRow.key.in_(whose.keys)
    )
    yield from ((row.ticket, row.name) for row in tx.connection.execute(found))


def written(tx: Transaction, whose: Keys, start: int) -> Iterator[Written]:
    """Give their articles in the part behind `start`."""
    found = select(
        ArticleRow.id,
        ArticleRow.ticket,
        ArticleRow.spool_id,
        ArticleRow.sender_name,
        ArticleRow.sender_address,
        ArticleRow.kind,
        ArticleRow.direction,
    ).where(_part(ArticleRow.id, start))
    for number, ticket, spool_id, name, address, kind, direction in tx.connection.execute(found):
        if whose.has(address):
            is_theirs = direction is Direction.IN and kind is not ArticleKind.NOTE
            yield Written(number, ticket, spool_id, name, is_theirs)


def unfiled(tx: Transaction, start: int) -> tuple[Unfiled, ...]:
    """Return the mails in the part behind `start` that became no article, where they or their writers are known."""
    found = (
        select(SpoolRow.id, SpoolRow.sender, SpoolRow.sha256, SpoolRow.state)
        .outerjoin(ArticleRow, ArticleRow.spool_id == SpoolRow.id)
        .where(_part(SpoolRow.id, start), ArticleRow.id.is_(None), KNOWN)
    )
    return tuple(
        Unfiled(number, sender, sha256, state is SpoolState.WAITING)
        for number, sender, sha256, state in tx.connection.execute(found)
    )


def about_several(tx: Transaction, start: int) -> tuple[int, ...]:
    """Return the letters in the part behind `start` that may name anybody, and whose content is kept.

    These are about no ticket, or tell of others beside their own.
    """
    several = OutboxRow.ticket.is_(None) | (OutboxRow.notice == NoticeKind.PROBLEM_SUGGESTION)
    found = select(OutboxRow.id).where(_part(OutboxRow.id, start), several, HAS_CONTENT)
    return tuple(tx.connection.execute(found).scalars())


def about(tx: Transaction, own: Sequence[int], gone: str) -> Iterator[tuple[int, int | None]]:
    """Give what else goes with tickets of theirs, with its mail: answers to them, notes, and mails of machines.

    Not what others wrote there, nor what has the text `gone`.
    """
    others = (ArticleRow.kind == ArticleKind.PUBLIC) & (ArticleRow.direction == Direction.IN)
    for some in parts(own):
        found = select(ArticleRow.id, ArticleRow.spool_id).where(
            ArticleRow.ticket.in_(some), ~others, ArticleRow.text != gone
        )
        yield from ((row.id, row.spool_id) for row in tx.connection.execute(found))


def letters_to(tx: Transaction, whose: Keys) -> dict[int, int | None]:
    """Return the letters to them, with the ticket of each."""
    found = select(OutboxRow.id, OutboxRow.ticket).where(OutboxRow.recipient_key.in_(whose.keys))
    return {row.id: row.ticket for row in tx.connection.execute(found)}


def kept_mails(tx: Transaction, ids: Sequence[int]) -> list[int]:
    """Return those of these mails whose bytes are kept, or who wrote them."""
    kept: list[int] = []
    for some in parts(ids):
        found = select(SpoolRow.id).where(SpoolRow.id.in_(some), KNOWN).order_by(SpoolRow.id)
        kept += tx.connection.execute(found).scalars()
    return kept


def count_files(tx: Transaction, articles: Sequence[int]) -> int:
    """Count the files of articles."""
    counted = 0
    for some in parts(articles):
        of = select(func.count()).select_from(AttachmentRow).where(AttachmentRow.article.in_(some))
        counted += tx.connection.execute(of).scalar_one()
    return counted


def count_closed(tx: Transaction, whose: Keys) -> tuple[int, int]:
    """Count their addresses that nothing is sent to, and their wishes for fewer mails."""
    rows: tuple[type[Any], ...] = (SuppressionRow, UnsubscriptionRow)
    closed, wishes = (
        tx.connection.execute(select(func.count()).select_from(row).where(row.key.in_(whose.keys))).scalar_one()
        for row in rows
    )
    return closed, wishes


def open_among(tx: Transaction, numbers: Sequence[int]) -> tuple[int, ...]:
    """Return those of these tickets that are not done."""
    is_open = TicketRow.status.not_in(DONE)
    found: list[int] = []
    for some in parts(numbers):
        found += tx.connection.execute(select(TicketRow.number).where(TicketRow.number.in_(some), is_open)).scalars()
    return tuple(sorted(found))


def _part(key: Any, start: int) -> ColumnElement[bool]:
    within: ColumnElement[bool] = (key > start) & (key <= start + PART)
    return within
