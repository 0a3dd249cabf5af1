"""Answers of agents that are held."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mailgateway.store.tables.base import WHOLE, Base, TicketNumber


class HeldAnswerRow(Base):
    """An answer that waits for its writer, an agent by name, to decide: an internal article, since `at`."""

    __tablename__ = "held_answers"
    __table_args__ = (Index(None, "ticket"),)

    article: Mapped[int] = mapped_column(WHOLE, ForeignKey("articles.id"), primary_key=True, autoincrement=False)
    ticket: Mapped[TicketNumber]
    agent: Mapped[str]
    at: Mapped[datetime]
    inside: Mapped[bool]
