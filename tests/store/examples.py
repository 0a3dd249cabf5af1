"""Mails, tickets, plans and letters to test with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from mailgateway.desk.facts import Facts, ThreadKeys
from mailgateway.desk.model import Article, ArticleKind, Direction, Priority, Status, Ticket, TicketType
from mailgateway.desk.plan import AddArticle, Change, Disposition, OpenTicket, Plan
from mailgateway.desk.policy import SeveralMailboxes
from mailgateway.mail.model import Address, Letter
from mailgateway.store.engine import Store, Transaction
from mailgateway.store.gather import gather
from mailgateway.store.incoming import spool
from mailgateway.store.incoming.spool import Arrival, Spooled
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.outbox import Queued
from mailgateway.store.tables.tickets import CallRow, OutboxRow
from mailgateway.store.tickets.apply import apply

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JANE = Address("Jane Doe", "jane@customer.example")


def raw_mail(
    message_id: str = "m1@customer.example", text: str = "The printer is on fire.", subject: str = "Help"
) -> bytes:
    """Make the bytes of a mail; without Message-ID where that is empty."""
    lines = [f"From: {JANE.name} <{JANE.address}>", "To: support@example.com", f"Subject: {subject}"]
    if message_id:
        lines.append(f"Message-ID: <{message_id}>")
    return "\r\n".join([*lines, "", text, ""]).encode()


def arrival(uid: int | None = 1, raw: bytes | None = None, **changes: Any) -> Arrival:
    """Make a mail that came into the folder INBOX of the mailbox `support`; a file where `uid` is None."""
    content = raw_mail(f"m{uid}@customer.example") if raw is None else raw
    folder, validity = (None, None) if uid is None else ("INBOX", 7)
    return replace(Arrival("support", folder, validity, uid, NOW, len(content), content), **changes)


def spool_one(store: Store, come: Arrival) -> int:
    """Spool a mail; return its id."""
    with store.writing() as tx:
        (spool_id,) = spool.put(tx, [come], NOW)
    return spool_id


def waiting(tx: Transaction, spool_id: int) -> Spooled:
    """Read a mail that must be waiting."""
    spooled = spool.read(tx, spool_id)
    assert spooled is not None
    return spooled


def ticket(**changes: Any) -> Ticket:
    """Make the head of a ticket that is not opened yet."""
    new = Ticket(
        number=0,
        subject="Help",
        status=Status.NEW,
        type=TicketType.INCIDENT,
        priority=Priority.NORMAL,
        group="first-line",
        assignee=None,
        requester=JANE,
        mailbox="support",
        language="en",
        created_at=NOW,
        updated_at=NOW,
        status_since=NOW,
    )
    return replace(new, **changes)


def article(**changes: Any) -> Article:
    """Make the article of a customer's mail."""
    new = Article(
        kind=ArticleKind.PUBLIC,
        direction=Direction.IN,
        sender=JANE,
        at=NOW,
        text="The printer is on fire.",
        message_id="m1@customer.example",
    )
    return replace(new, **changes)


def opening(head: Ticket | None = None, first: Article | None = None, *changes: Change) -> Plan:
    """Make the plan that opens a ticket."""
    trace = {"steps": [{"rule": "printers", "matched": True}]}
    opened = OpenTicket(head or ticket(), trace)
    return Plan(NOW, JANE.address, Disposition.OPENED, "new", None, (opened, AddArticle(first or article()), *changes))


def working(number: int, *changes: Change) -> Plan:
    """Make a plan that changes a ticket."""
    return Plan(NOW + MINUTE, "anna", Disposition.FOLLOWED_UP, "orders", number, changes)


def open_ticket(store: Store, plan: Plan | None = None) -> int:
    """Open a ticket without a mail; return its number."""
    with store.writing() as tx:
        number = apply(tx, plan or opening(), None)
    assert number is not None
    return number


def letter(
    message_id: str = "l1@example.com", recipient: str = JANE.address, content: bytes = b"To: you\r\n\r\nHi\r\n"
) -> Letter:
    """Make a finished letter."""
    return Letter(message_id, "support@example.com", recipient, content)


def queued(key: str = "k1", number: int | None = None, **changes: Any) -> Queued:
    """Make a letter to be queued; its Message-ID tells its key."""
    new = Queued(key, number, "acknowledgement", "customer", automatic=True, letter=letter(f"{key}@example.com"))
    return replace(new, **changes)


def let_go_by(tx: Transaction, row: type[OutboxRow] | type[CallRow], time: timedelta) -> None:
    """Let time go by since everything was claimed, by the clock that leases go by."""
    for one, at in tx.connection.execute(select(row.id, row.claimed_at)).all():
        if at is not None:
            tx.connection.execute(update(row).where(row.id == one).values(claimed_at=at - time))


def file_mail(store: Store, spool_id: int, *, several: SeveralMailboxes = SeveralMailboxes.SHARED) -> Facts | None:
    """Do what ingest does with a new mail: open a ticket, unless it is the same mail again; None where it is gone."""
    with store.writing() as tx:
        if not spool.claim(tx, spool_id):
            return None
        spooled = waiting(tx, spool_id)
        facts = gather(tx, ThreadKeys(), spooled, [JANE.address], NOW, several)
        if facts.earlier and facts.earlier.same:
            spool.finish(tx, spool_id, Disposition.DUPLICATE, "again", facts.earlier.ticket, NOW)
            return facts
        number = apply(tx, opening(first=article(message_id=spooled.identity.message_id or None)), spooled)
        outbox.put(tx, [queued(f"ack-{facts.occasion}", number)], NOW)
        spool.finish(tx, spool_id, Disposition.OPENED, "new", number, NOW)
    return facts
