"""The tables of answers: what can be searched for, and what was sent."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mailgateway.desk.answers.changes import AnswerUse
from mailgateway.desk.answers.knowledge import AnswerOutcome
from mailgateway.store.tables.base import Base, Key, TicketNumber
from mailgateway.store.tables.columns import Word


class AnswerRow(Base):
    """An answer as it is searched for; its words are in `answer_words`, which each database has in its own way."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("name", "language"),)

    id: Mapped[Key]
    name: Mapped[str]
    language: Mapped[str]
    version: Mapped[str]


class AnswerIndexRow(Base):
    """Which version of all answers can be searched for; the one row is the lock under which they are renewed."""

    __tablename__ = "answer_index"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[str]


class SentAnswerRow(Base):
    """An answer that went to the customer with the receipt, one a ticket at most, and what came of it."""

    __tablename__ = "sent_answers"
    __table_args__ = (Index(None, "name", "outcome"),)

    ticket: Mapped[int] = mapped_column(ForeignKey("tickets.number"), primary_key=True, autoincrement=False)
    name: Mapped[str]
    language: Mapped[str]
    version: Mapped[str]
    sent_at: Mapped[datetime]
    outcome: Mapped[AnswerOutcome | None] = mapped_column(Word(AnswerOutcome))
    ended_at: Mapped[datetime | None]


class AnswerUseRow(Base):
    """An answer that was proposed to the agents of a ticket, or that one of them inserted: a row for each time."""

    __tablename__ = "answer_uses"
    __table_args__ = (Index(None, "ticket"), Index("ix_answer_uses_use_at", "use", "at"))

    id: Mapped[Key]
    ticket: Mapped[TicketNumber]
    name: Mapped[str]
    use: Mapped[AnswerUse] = mapped_column(Word(AnswerUse))
    at: Mapped[datetime]
