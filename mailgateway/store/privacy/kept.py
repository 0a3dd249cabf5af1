"""What is kept of a person's mails and letters, and of their wishes: for who asks to see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.plan import Disposition
from mailgateway.store.engine import Transaction
from mailgateway.store.privacy.traces import HAS_CONTENT, Keys
from mailgateway.store.tables.tickets import OutboxRow, SpoolRow
from mailgateway.store.tables.wishes import UnsubscriptionRow


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail that is kept, and what became of it."""

    id: int
    received_at: datetime
    disposition: Disposition | None
    ticket: int | None
    sha256: str


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter to somebody; `template` is its notice. `is_kept` tells whether its content is."""

    id: int
    ticket: int | None
    template: str
    to: str
    state: DeliveryState
    created_at: datetime
    is_kept: bool


def mails(tx: Transaction, ids: Sequence[int]) -> tuple[KeptMail, ...]:
    """Return mails, in the order of their numbers."""
    columns = (SpoolRow.id, SpoolRow.received_at, SpoolRow.disposition, SpoolRow.ticket, SpoolRow.sha256)
    found = select(*columns).where(SpoolRow.id.in_(ids)).order_by(SpoolRow.id)
    return tuple(KeptMail(*row) for row in tx.connection.execute(found))


def letters(tx: Transaction, ids: Sequence[int]) -> tuple[KeptLetter, ...]:
    """Return letters, in the order of their numbers."""
    columns = (OutboxRow.id, OutboxRow.ticket, OutboxRow.notice, OutboxRow.recipient, OutboxRow.state)
    found = select(*columns, OutboxRow.created_at, HAS_CONTENT).where(OutboxRow.id.in_(ids)).order_by(OutboxRow.id)
    return tuple(KeptLetter(*row) for row in tx.connection.execute(found))


def unsubscribed(tx: Transaction, whose: Keys) -> tuple[tuple[int, datetime], ...]:
    """Return of which tickets they want no status mails (0: of none at all), and since when."""
    columns = (UnsubscriptionRow.ticket, UnsubscriptionRow.at)
    found = select(*columns).where(UnsubscriptionRow.key.in_(whose.keys)).order_by(UnsubscriptionRow.ticket)
    return tuple((row.ticket, row.at) for row in tx.connection.execute(found))
