"""What lay in a folder when it was first seen, written down before anything of it is taken."""

from sqlalchemy import ColumnElement, func, select, update

from mailgateway.desk.first_run import FirstSight
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.gateway import FirstSightRow
from mailgateway.store.tables.tickets import SpoolRow
from mailgateway.store.upsert import insert_new

_SIGHTS = select(
    FirstSightRow.seen_at,
    FirstSightRow.uid_next,
    FirstSightRow.served_from,
    FirstSightRow.filed_from,
    FirstSightRow.done,
)
_KEEP = insert_new(FirstSightRow)


def read(tx: Transaction, mailbox: str, folder: str, uidvalidity: int) -> FirstSight | None:
    """Return the first sight of a folder in this life of its UIDs, None where it was never seen in it."""
    found = _SIGHTS.where(*_of(mailbox, folder), FirstSightRow.uidvalidity == uidvalidity)
    row = tx.connection.execute(found).first()
    return None if row is None else FirstSight(*row)


def first(tx: Transaction, mailbox: str, folder: str) -> FirstSight | None:
    """Return the very first sight of a folder in any life of its UIDs."""
    found = _SIGHTS.where(*_of(mailbox, folder)).order_by(FirstSightRow.seen_at, FirstSightRow.uidvalidity).limit(1)
    row = tx.connection.execute(found).first()
    return None if row is None else FirstSight(*row)


def keep(tx: Transaction, mailbox: str, folder: str, uidvalidity: int, sight: FirstSight) -> FirstSight:
    """Write a first sight down, and return the one that holds: who was faster has seen less, and theirs stays."""
    row = {
        "mailbox": mailbox,
        "folder": folder,
        "uidvalidity": uidvalidity,
        "seen_at": sight.seen_at,
        "uid_next": sight.uid_next,
        "served_from": sight.served_from,
        "filed_from": sight.filed_from,
        "done": sight.is_done,
    }
    tx.connection.execute(_KEEP[tx.dialect], [row])
    return read(tx, mailbox, folder, uidvalidity) or sight


def done(tx: Transaction, mailbox: str, folder: str, uidvalidity: int) -> None:
    """Write down that nothing old is left to be taken."""
    finished = update(FirstSightRow).where(*_of(mailbox, folder), FirstSightRow.uidvalidity == uidvalidity)
    tx.connection.execute(finished.values(done=True))


def highest_uid_below(tx: Transaction, mailbox: str, folder: str, uidvalidity: int, uid: int) -> int:
    """Return the highest UID below this one that the ledger has of a folder, 0 where it has none."""
    of = (SpoolRow.mailbox == mailbox, SpoolRow.folder == folder, SpoolRow.uidvalidity == uidvalidity)
    return tx.connection.execute(select(func.max(SpoolRow.uid)).where(*of, SpoolRow.uid < uid)).scalar() or 0


def is_in_ledger(tx: Transaction, mailbox: str, folder: str) -> bool:
    """Tell whether any mail was ever accepted from a folder."""
    found = select(SpoolRow.id).where(
        SpoolRow.mailbox == mailbox, SpoolRow.folder == folder, SpoolRow.uidvalidity.is_not(None)
    )
    return tx.connection.execute(found.limit(1)).first() is not None


def _of(mailbox: str, folder: str) -> tuple[ColumnElement[bool], ...]:
    return FirstSightRow.mailbox == mailbox, FirstSightRow.folder == folder
