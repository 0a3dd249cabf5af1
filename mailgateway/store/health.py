"""How the daemon does: when each part last tried and last succeeded, and which alarms stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, text, update

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.gateway import AlarmRow, BeatRow
from mailgateway.store.upsert import insert_new, insert_or_update


@dataclass(frozen=True, slots=True)
class Beat:
    """When a part last succeeded (None: never) and last tried; `error` is empty where that went well."""

    name: str
    good_at: datetime | None
    attempt_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that stands since `raised_at`."""

    name: str
    text: str
    raised_at: datetime


_BEAT = insert_or_update(
    BeatRow,
    ("name",),
    lambda new: {
        "good_at": func.coalesce(new.good_at, BeatRow.good_at),
        "attempt_at": new.attempt_at,
        "error": new.error,
    },
)
_RAISE = {dialect: alarm.returning(AlarmRow.name) for dialect, alarm in insert_new(AlarmRow).items()}
_LONGEST_ERROR = 2000


def beat(tx: Transaction, name: str, now: datetime, error: str | None) -> None:
    """Write down that a part (`fetch:MAILBOX`, `send`) did its work, or why it could not."""
    good_at = now if error is None else None
    values = {"name": name, "good_at": good_at, "attempt_at": now, "error": (error or "")[:_LONGEST_ERROR]}
    tx.connection.execute(_BEAT[tx.dialect], values)


def beats(tx: Transaction) -> dict[str, Beat]:
    """Return the last beat of every part, by name."""
    found = select(BeatRow.name, BeatRow.good_at, BeatRow.attempt_at, BeatRow.error).order_by(BeatRow.name)
    return {row[0]: Beat(*row) for row in tx.connection.execute(found)}


def version_of_database(tx: Transaction) -> str:
    """Return what the database is, such as `sqlite 3.40.1` or `postgresql 15.4`."""
    asked = "SELECT sqlite_version()" if tx.dialect == "sqlite" else "SHOW server_version"
    version = str(tx.connection.execute(text(asked)).scalar_one())
    return f"{tx.dialect} {version.partition(' ')[0]}"


def clock_of_database(tx: Transaction) -> datetime | None:
    """Return what the clock of the database's host says, None where that is our own (SQLite)."""
    if tx.dialect == "sqlite":
        return None
    at: datetime = tx.connection.execute(select(func.clock_timestamp())).scalar_one()
    return at


def raised(tx: Transaction) -> dict[str, Alarm]:
    """Return the alarms that stand, by name."""
    found = select(AlarmRow.name, AlarmRow.text, AlarmRow.raised_at).order_by(AlarmRow.name)
    return {row[0]: Alarm(*row) for row in tx.connection.execute(found)}


def raise_alarm(tx: Transaction, name: str, text: str, now: datetime) -> bool:
    """Raise an alarm; False where it stands already."""
    values = {"name": name, "text": text, "raised_at": now}
    return tx.connection.execute(_RAISE[tx.dialect], values).first() is not None


def raise_or_renew(tx: Transaction, name: str, text: str, now: datetime) -> bool:
    """Raise an alarm; where it stands already, let it stand since now, and return False."""
    if raise_alarm(tx, name, text, now):
        return True
    tx.connection.execute(update(AlarmRow).where(AlarmRow.name == name).values(raised_at=now))
    return False


def clear_alarm(tx: Transaction, name: str, now: datetime) -> bool:  # noqa: ARG001 - every change is told its time
    """Take an alarm back; False where it does not stand."""
    return tx.connection.execute(delete(AlarmRow).where(AlarmRow.name == name)).rowcount > 0
