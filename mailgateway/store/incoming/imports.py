"""Files that mails are taken from: how far each has come, and which of their mails are here already."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from mailgateway.mail.model import Identity
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.gateway import ImportRow
from mailgateway.store.tables.lookup import lookup_key
from mailgateway.store.tables.tickets import SpoolRow
from mailgateway.store.upsert import insert_or_update


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an mbox was taken into a mailbox: up to the byte `offset`, where a mail ends, and with so many mails.

    `head` and `tail` are digests of how the file begins, and of what lies before the offset.
    """

    mailbox: str
    head: str
    offset: int
    tail: str
    mails: int


_COLUMNS = (ImportRow.mailbox, ImportRow.head, ImportRow.offset, ImportRow.tail, ImportRow.mails)
_KEEP = insert_or_update(
    ImportRow,
    ("mailbox", "head"),
    lambda new: {"offset": new.offset, "tail": new.tail, "mails": new.mails, "at": new.at},
)


def begun(tx: Transaction, mailbox: str, head: str) -> Progress | None:
    """Return how far a file has come, None where it was never begun, or is done."""
    row = tx.connection.execute(select(*_COLUMNS).where(*_of(mailbox, head))).first()
    return None if row is None else Progress(*row)


def keep(tx: Transaction, progress: Progress, now: datetime) -> None:
    """Write down how far a file has come."""
    tx.connection.execute(_KEEP[tx.dialect], [{**asdict(progress), "at": now}])


def done(tx: Transaction, mailbox: str, head: str) -> None:
    """Forget a file that is done."""
    tx.connection.execute(delete(ImportRow).where(*_of(mailbox, head)))


def known(tx: Transaction, mailbox: str, identities: Sequence[Identity]) -> frozenset[Identity]:
    """Return those of these mails that a mailbox has already, whatever became of them."""
    keys = {(lookup_key(one.message_id), one.fingerprint): one for one in identities}
    # each column by itself: SQLite looks pairs up by no index, and would read the whole mailbox
    found = select(SpoolRow.message_id, SpoolRow.fingerprint).where(
        SpoolRow.message_id.in_({message_id for message_id, _ in keys}),
        SpoolRow.fingerprint.in_({fingerprint for _, fingerprint in keys}),
        SpoolRow.mailbox == mailbox,
    )
    return frozenset(keys[pair] for pair in map(tuple, tx.connection.execute(found)) if pair in keys)


def _of(mailbox: str, head: str) -> tuple[ColumnElement[bool], ...]:
    return ImportRow.mailbox == mailbox, ImportRow.head == head
