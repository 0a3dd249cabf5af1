"""Which hosts are there, and which mailboxes each of them reads: as the database's own views say it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, text

from mailgateway.store.engine import Transaction
from mailgateway.store.hosts.names import BEGINNING, READS, number_of

_PRESENT = text(
    "SELECT host.pid, host.application_name, ((held.classid::bigint & 65535) << 32) | held.objid::bigint"
    " FROM pg_stat_activity host LEFT JOIN pg_locks held ON held.pid = host.pid AND held.locktype = 'advisory'"
    " AND held.objsubid = 1 AND held.granted AND held.classid::bigint >> 16 = :reads"
    " WHERE host.datname = current_database() AND host.application_name LIKE :named"
    " ORDER BY host.application_name, host.pid"
).bindparams(bindparam("reads", READS), bindparam("named", f"{BEGINNING}%"))
_NAMES = text(
    "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE :named"
).bindparams(bindparam("named", f"{BEGINNING}%"))


@dataclass(frozen=True, slots=True)
class Host:
    """A process of the gateway that is there, `HOST/PID`, and which of the mailboxes that were asked for it reads."""

    name: str
    mailboxes: tuple[str, ...]


def present(tx: Transaction, mailboxes: Iterable[str]) -> tuple[Host, ...]:
    """Return the hosts that share the work; none over SQLite, where one process does all of it."""
    if tx.dialect != "postgresql":
        return ()
    known = {number_of(mailbox): mailbox for mailbox in mailboxes}
    names: dict[int, str] = {}
    read: dict[int, list[str]] = {}
    for session, name, number in tx.connection.execute(_PRESENT):
        names[session] = name.removeprefix(BEGINNING)
        read.setdefault(session, []).extend([known[number]] if number in known else [])
    return tuple(Host(name, tuple(sorted(read[session]))) for session, name in names.items())


def names_present(tx: Transaction) -> frozenset[str]:
    """Return the names alone of the hosts that share the work."""
    if tx.dialect != "postgresql":
        return frozenset()
    return frozenset(name.removeprefix(BEGINNING) for name in tx.connection.execute(_NAMES).scalars())
