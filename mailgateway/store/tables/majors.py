"""What is known to be down."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from mailgateway.store.tables.base import Base, TicketNumber, only_where


class MajorRow(Base):
    """A problem that is, or was last, a major incident. Only those that are stand in the index, which every new
    ticket reads.
    """

    __tablename__ = "major_incidents"
    __table_args__ = (Index("ix_major_incidents_open", "since", **only_where("ended_at IS NULL")),)

    problem: Mapped[TicketNumber] = mapped_column(primary_key=True)
    texts: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    only_for: Mapped[str]
    news_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
