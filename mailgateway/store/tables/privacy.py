"""The tables of what goes: blobs that nothing may refer to any more, erasures, and how far retention has come."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from mailgateway.store.tables.base import Base, Key


class LooseBlobRow(Base):
    """A blob that a row stopped naming. `removed_at` is when it was removed, None while nobody has looked yet."""

    __tablename__ = "loose_blobs"
    __table_args__ = (Index(None, "removed_at", "sha256"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    removed_at: Mapped[datetime | None]


class ErasureRow(Base):
    """That a person was erased: by whom, when, and how much it was. `keys` says whom, until it is done."""

    __tablename__ = "erasures"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    by: Mapped[str] = mapped_column("made_by")
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    keys: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    counts: Mapped[dict[str, Any]]


class RetentionRow(Base):
    """How far what is too old was removed of a kind: up to the ticket closed last of those, since `round_at` anew.

    The row is the lock under which one host at a time does it. `removed` counts what went in all.
    """

    __tablename__ = "retention"

    kind: Mapped[str] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime | None]
    ticket: Mapped[int]
    round_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    removed: Mapped[int]
