"""Tables of mails and tickets; those of time stand in tables_of_time.py, the gateway's own in upkeep.py.

Rows are read with statements and turned at once into frozen values; these classes are never made.
Every foreign key has an index: whoever removes what it points to would scan the table else.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from mailgateway.desk.letters.urgency import Urgency
from mailgateway.desk.model import ArticleKind, Direction, LinkKind, Priority, Status, TicketType
from mailgateway.desk.plan import Disposition
from mailgateway.store.tables.base import WHOLE, Base, Key, Outbound, SpoolState, TicketNumber, only_where
from mailgateway.store.tables.partial import BARE_LETTER, BARE_MAIL, CLOSED, OPEN_CI, TURNED_AWAY

FIRST_TICKET = 10001


class TicketRow(Base):
    """The head of a ticket."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index(None, "requester_key", "number"),
        Index(None, "created_at"),
        Index(None, "updated_at"),
        Index(None, "status", "number"),
        Index(None, "group_name", "number"),
        Index(None, "assignee", "status"),
        Index(None, "organisation", "created_at", **only_where("organisation IS NOT NULL")),
        Index(None, "ci", "status", **only_where("ci IS NOT NULL")),
        Index("ix_tickets_open_ci", "ci", "number", **only_where(OPEN_CI)),
        Index(None, "attend_at", "number", **only_where("attend_at IS NOT NULL")),
        Index(None, "answered_at", **only_where("answered_at IS NOT NULL")),
        Index("ix_tickets_offered", "offered_at", "number", **only_where("offered_at IS NOT NULL")),
        Index("ix_tickets_snoozed", "snoozed_until", "number", **only_where("snoozed_until IS NOT NULL")),
        Index("ix_tickets_closed", "status_since", "number", **only_where(CLOSED)),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(WHOLE, Identity(start=FIRST_TICKET), primary_key=True)
    subject: Mapped[str]
    status: Mapped[Status]
    type: Mapped[TicketType]
    priority: Mapped[Priority]
    group: Mapped[str] = mapped_column("group_name")
    assignee: Mapped[str | None]
    requester_name: Mapped[str]
    requester_address: Mapped[str]
    requester_key: Mapped[str | None]
    mailbox: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    organisation: Mapped[str | None]
    ci: Mapped[str | None]
    status_since: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    attend_at: Mapped[datetime | None]
    service_level: Mapped[str | None]
    fields: Mapped[dict[str, Any] | None]
    silent: Mapped[list[str] | None]
    offer_giver: Mapped[str | None]
    offered_at: Mapped[datetime | None]
    accept_by: Mapped[datetime | None]
    accept_left: Mapped[int | None]
    accept_since: Mapped[datetime | None]
    dormant: Mapped[bool] = mapped_column(server_default=false())
    trace: Mapped[dict[str, Any]]


class ParticipantRow(Base):
    """Somebody beside the requester who takes part in a ticket."""

    __tablename__ = "participants"
    __table_args__ = (UniqueConstraint("ticket", "key"),)

    id: Mapped[Key]
    ticket: Mapped[TicketNumber]
    key: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]


class TagRow(Base):
    """A tag on a ticket."""

    __tablename__ = "tags"
    __table_args__ = (Index(None, "tag", "ticket"),)

    ticket: Mapped[TicketNumber] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)


class LinkRow(Base):
    """What another ticket is to a ticket."""

    __tablename__ = "links"
    __table_args__ = (Index(None, "other", "kind", "ticket"),)

    ticket: Mapped[TicketNumber] = mapped_column(primary_key=True)
    kind: Mapped[LinkKind] = mapped_column(primary_key=True)
    other: Mapped[TicketNumber] = mapped_column(primary_key=True)


class WatcherRow(Base):
    """An agent who is told of what happens to a ticket without owning it."""

    __tablename__ = "watchers"
    __table_args__ = (Index("ix_watchers_agent", "agent", "ticket"),)

    ticket: Mapped[TicketNumber] = mapped_column(primary_key=True)
    agent: Mapped[str] = mapped_column(primary_key=True)


class SpoolRow(Base):
    """A mail that was accepted: the queue of what is to be ingested, and the ledger of everything that ever was.

    `filed` is true or null, never false: the unique constraint then holds among filed mails alone. `decided_by` is who
    took it out of quarantine, `asked_by` the mail that ordered it (its id here, 0 for none); `as_is`: into a ticket,
    whatever is odd about it. `told_at` is when the admin was last told of it.
    """

    __tablename__ = "spool"
    __table_args__ = (
        UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
        UniqueConstraint("message_id", "fingerprint", "mailbox", "filed"),
        Index(None, "state", "id"),
        Index(None, "ticket"),
        Index(
            "ix_spool_unsettled",
            "mailbox",
            "folder",
            "uidvalidity",
            "uid",
            **only_where("settled_at IS NULL"),
        ),
        Index("ix_spool_turned_away", "id", **only_where(TURNED_AWAY)),
        Index("ix_spool_bare", "ended_at", "id", **only_where(BARE_MAIL)),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    mailbox: Mapped[str]
    folder: Mapped[str | None]
    uidvalidity: Mapped[int | None]
    uid: Mapped[int | None]
    received_at: Mapped[datetime]
    accepted_at: Mapped[datetime]
    size: Mapped[int]
    headers_only: Mapped[bool]
    sha256: Mapped[str]
    message_id: Mapped[str]
    fingerprint: Mapped[str]
    state: Mapped[SpoolState]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    released: Mapped[bool]
    stage: Mapped[str]
    error: Mapped[str]
    subject: Mapped[str]
    sender: Mapped[str]
    disposition: Mapped[Disposition | None]
    reason: Mapped[str]
    filed: Mapped[bool | None]
    ticket: Mapped[int | None] = mapped_column(WHOLE, ForeignKey("tickets.number"))
    ended_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    as_is: Mapped[bool] = mapped_column(server_default=false())
    decided_by: Mapped[str] = mapped_column(server_default="")
    asked_by: Mapped[int] = mapped_column(WHOLE, server_default="0")
    backfill: Mapped[bool] = mapped_column(server_default=false())


class ArticleRow(Base):
    """One entry of a ticket."""

    __tablename__ = "articles"
    __table_args__ = (
        Index(None, "ticket", "id"),
        Index(None, "spool_id"),
        Index("ix_articles_answers", "at", **only_where("direction = 'out' AND kind = 'public'")),
    )

    id: Mapped[Key]
    ticket: Mapped[TicketNumber]
    spool_id: Mapped[int | None] = mapped_column(WHOLE, ForeignKey("spool.id"))
    kind: Mapped[ArticleKind]
    direction: Mapped[Direction]
    sender_name: Mapped[str]
    sender_address: Mapped[str]
    at: Mapped[datetime]
    text: Mapped[str]
    full_text: Mapped[str]
    html: Mapped[str | None]
    message_id: Mapped[str | None]
    mail_kind: Mapped[str]
    flags: Mapped[list[str]]


class BroadcastRow(Base):
    """News of a problem, and up to which incident (`after`) it has come."""

    __tablename__ = "broadcasts"
    __table_args__ = (
        Index(None, "problem"),
        Index(None, "article"),
        Index("ix_broadcasts_open", "id", **only_where("done_at IS NULL")),
    )

    id: Mapped[Key]
    problem: Mapped[TicketNumber]
    author: Mapped[str]
    article: Mapped[int | None] = mapped_column(WHOLE, ForeignKey("articles.id"))
    solved: Mapped[bool]
    at: Mapped[datetime]
    after: Mapped[int]
    done_at: Mapped[datetime | None]


class AttachmentRow(Base):
    """A file of an article; its content lies in the blob store."""

    __tablename__ = "attachments"
    __table_args__ = (Index(None, "article", "id"), Index(None, "sha256"))

    id: Mapped[Key]
    article: Mapped[int] = mapped_column(WHOLE, ForeignKey("articles.id"))
    filename: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    inline: Mapped[bool]
    content_id: Mapped[str | None]
    refused: Mapped[str] = mapped_column(server_default="")


class MessageIdRow(Base):
    """A Message-ID by which mails may name a ticket.

    `key` is its look-up form, `message_id` the whole id where that form is a digest. `ours` tells that we made it for a
    letter, `public` that customers may see it, `mentioned` that no mail of the ticket has it: mails spoke of it.
    """

    __tablename__ = "message_ids"
    __table_args__ = (UniqueConstraint("key", "ticket"), Index(None, "ticket", "id"))

    id: Mapped[Key]
    key: Mapped[str]
    message_id: Mapped[str | None]
    ticket: Mapped[TicketNumber]
    ours: Mapped[bool]
    public: Mapped[bool]
    mentioned: Mapped[bool] = mapped_column(server_default=false())


class EventRow(Base):
    """Something that happened to a ticket."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "ticket", "id"),
        Index(None, "at", "id"),
        Index("ix_events_came_back", "ticket", **only_where("what IN ('undelivered', 'delivery_failed')")),
    )

    id: Mapped[Key]
    ticket: Mapped[TicketNumber]
    at: Mapped[datetime]
    actor: Mapped[str]
    what: Mapped[str]
    detail: Mapped[dict[str, Any]]


class OutboxRow(Outbound, Base):
    """A finished letter. Its content lies here compressed, or in the blob store under `sha256` when it is large.

    `mailbox` names the one that it is sent from, "" where that is not known.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index(None, "state", "next_attempt_at", "id"),
        Index(None, "state", "urgency", "next_attempt_at", "id"),
        Index(None, "domain", "ended_at"),
        Index(None, "recipient_key", "automatic", "created_at"),
        Index(None, "ticket"),
        Index(None, "message_id"),
        Index(None, "sha256", **only_where("sha256 IS NOT NULL")),
        Index("ix_outbox_bare", "ended_at", "id", **only_where(BARE_LETTER)),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    dedupe_key: Mapped[str]
    notice: Mapped[str]
    audience: Mapped[str]
    automatic: Mapped[bool]
    recipient: Mapped[str]
    recipient_key: Mapped[str]
    domain: Mapped[str] = mapped_column(server_default="")
    urgency: Mapped[int] = mapped_column(server_default=str(int(Urgency.NEWS)))
    mailbox: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="")
    envelope_from: Mapped[str]
    content: Mapped[bytes | None]
    sha256: Mapped[str | None]
    known: Mapped[str | None]


class CallRow(Outbound, Base):
    """A call of a webhook: finished content under an id of its own. `webhook` is its name, `what` the event's word."""

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("message_id"),
        Index(None, "webhook", "state", "next_attempt_at", "id"),
        Index(None, "state", "told_at"),
        Index(None, "ticket"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    webhook: Mapped[str]
    what: Mapped[str]
    content: Mapped[bytes]


class SuppressionRow(Base):
    """An address that letters came back from; nothing is sent to it before `until`."""

    __tablename__ = "suppressions"
    __table_args__ = (Index(None, "until"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    failures: Mapped[int]
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    reason: Mapped[str]
    by: Mapped[str] = mapped_column("made_by")
