"""What customers asked for with one click."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from mailgateway.store.tables.base import WHOLE, Base, TicketNumber


class RatingRow(Base):
    """How the requester of a ticket was served, in their own words: good, ok or bad."""

    __tablename__ = "ratings"
    __table_args__ = (Index(None, "at"),)

    ticket: Mapped[TicketNumber] = mapped_column(primary_key=True)
    value: Mapped[str]
    at: Mapped[datetime]


class UnsubscriptionRow(Base):
    """An address that gets no status mails about a ticket, or (0) about any."""

    __tablename__ = "unsubscriptions"

    key: Mapped[str] = mapped_column(primary_key=True)
    ticket: Mapped[int] = mapped_column(WHOLE, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
