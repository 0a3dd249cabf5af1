"""The tables of what happens to tickets by itself, and of the clocks and the work that count for them."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from mailgateway.desk.levels.timepiece import Target
from mailgateway.store.tables.base import Base, Key, TicketNumber, only_where


class FiringRow(Base):
    """A moment of a ticket that has had its effect. The key is what lets each have it once, whoever looks."""

    __tablename__ = "firings"

    ticket: Mapped[TicketNumber] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class RenewalRow(Base):
    """How far tickets know a new policy: `version` names it, `reached` is the last ticket told, None for all."""

    __tablename__ = "renewals"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    reached: Mapped[int | None]


class IssueRow(Base):
    """Up to which period a scheduled report was made, for the desk ("") or one group, agent or organisation.

    `day` names the period, as text that sorts by time; whoever moves it on makes the report.
    """

    __tablename__ = "report_issues"

    report: Mapped[str] = mapped_column(primary_key=True)
    whose: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str]
    at: Mapped[datetime]


class SpellRow(Base):
    """A time during which a ticket was open: the first from when it was opened, one more for each time it came back.

    With them it is known of every instant, at once, which tickets were open then. `ended_at` is None while it is.
    """

    __tablename__ = "spells"
    __table_args__ = (Index(None, "began_at"), Index("ix_spells_open", "ended_at", "began_at", "ticket"))

    ticket: Mapped[TicketNumber] = mapped_column(primary_key=True)
    spell: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ClockRow(Base):
    """Business time counted towards a target of a ticket. Spans are in microseconds.

    Only what waits and is due is in the index: looking for it costs the same however many tickets there are.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        Index("ix_clocks_due_at", "due_at", **only_where("met_at IS NULL AND ended_at IS NULL AND due_at IS NOT NULL")),
        Index("ix_clocks_promised", "due_at", **only_where("ended_at IS NULL AND due_at IS NOT NULL")),
        Index("ix_clocks_met_at", "met_at", **only_where("met_at IS NOT NULL")),
    )

    ticket: Mapped[TicketNumber] = mapped_column(primary_key=True)
    target: Mapped[Target] = mapped_column(primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    policy: Mapped[str]
    calendar: Mapped[str]
    length: Mapped[int]
    started_at: Mapped[datetime]
    counted: Mapped[int]
    running_since: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class WorkRow(Base):
    """How long somebody worked on a ticket, and for which organisation that counts."""

    __tablename__ = "work"
    __table_args__ = (
        Index(None, "ticket"),
        Index(None, "organisation", "at", **only_where("organisation IS NOT NULL")),
        Index(None, "at"),
    )

    id: Mapped[Key]
    ticket: Mapped[TicketNumber]
    organisation: Mapped[str | None]
    agent: Mapped[str]
    at: Mapped[datetime]
    minutes: Mapped[int]
