"""How far the tickets know a new policy. The row is the lock under which one daemon at a time tells them."""

from sqlalchemy import bindparam, select, update

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.time import RenewalRow
from mailgateway.store.upsert import insert_new

_NAME = "agenda"
_NEW = insert_new(RenewalRow)
_READ = select(RenewalRow.version, RenewalRow.reached).where(RenewalRow.name == bindparam("name"))
_LOCK = _READ.with_for_update()
_KEEP = update(RenewalRow).where(RenewalRow.name == bindparam("of_name"))


def is_known(tx: Transaction, version: str) -> bool:
    """Tell whether every ticket knows this version of the policy."""
    found = tx.connection.execute(_READ, {"name": _NAME}).one_or_none()
    return found is not None and found.version == version and found.reached is None


def reached(tx: Transaction, version: str) -> int | None:
    """Return the number of the last ticket that knows this version, 0 for none, None for all; and keep others out."""
    tx.connection.execute(_NEW[tx.dialect], {"name": _NAME, "version": "", "reached": 0})
    found = tx.connection.execute(_LOCK, {"name": _NAME}).one()
    return found.reached if found.version == version else 0


def keep(tx: Transaction, version: str, reached: int | None) -> None:
    """Note how far it is known."""
    values = {RenewalRow.version: version, RenewalRow.reached: reached}
    tx.connection.execute(_KEEP.values(values), {"of_name": _NAME})
