"""The tables that the gateway keeps about itself."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mailgateway.store.tables.base import WHOLE, Base, Key


class BeatRow(Base):
    """When a part of the daemon last tried its work on a host ("": the only one), and last succeeded there."""

    __tablename__ = "beats"

    name: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    good_at: Mapped[datetime | None]
    attempt_at: Mapped[datetime]
    error: Mapped[str]


class FirstSightRow(Base):
    """A folder in one life of its UIDs, as it was first seen: what had lain in it is below `uid_next`.

    Of that, what arrived from `served_from` on is served like new mail, from `filed_from` on filed in silence; null:
    none of it. `done` tells that this is over.
    """

    __tablename__ = "first_sights"

    mailbox: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(WHOLE, primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime]
    uid_next: Mapped[int]
    served_from: Mapped[datetime | None]
    filed_from: Mapped[datetime | None]
    done: Mapped[bool]


class ImportRow(Base):
    """An mbox that is being taken in: up to which byte and with how many mails. It goes when the file is done.

    `head` and `tail` are digests of how the file begins, and of what lies before that byte.
    """

    __tablename__ = "imports"

    mailbox: Mapped[str] = mapped_column(primary_key=True)
    head: Mapped[str] = mapped_column(primary_key=True)
    offset: Mapped[int]
    tail: Mapped[str]
    mails: Mapped[int]
    at: Mapped[datetime]


class AlarmRow(Base):
    """An alarm that stands."""

    __tablename__ = "alarms"

    name: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    raised_at: Mapped[datetime]


class ReplyKeyRow(Base):
    """A secret that signs reply addresses and letter ids; the newest signs, all are believed."""

    __tablename__ = "reply_keys"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    secret: Mapped[bytes]


class GrantRow(Base):
    """A refresh token that replaced a configured one; `name` is a digest that says which."""

    __tablename__ = "grants"

    name: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str]
    kept_at: Mapped[datetime]


class DigestRow(Base):
    """A mail to the admin that told what is in quarantine."""

    __tablename__ = "digests"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    at: Mapped[datetime]


class DigestEntryRow(Base):
    """A mail that a digest told of."""

    __tablename__ = "digest_entries"
    __table_args__ = (Index(None, "spool_id"),)

    digest: Mapped[int] = mapped_column(WHOLE, ForeignKey("digests.id"), primary_key=True)
    spool_id: Mapped[int] = mapped_column(WHOLE, ForeignKey("spool.id"), primary_key=True)


class TurnRow(Base):
    """Whose turn it was last to get a ticket of a group. The row is the lock under which the next one is chosen."""

    __tablename__ = "turns"

    group: Mapped[str] = mapped_column("group_name", primary_key=True)
    agent: Mapped[str]
