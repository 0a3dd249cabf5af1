"""How the daemon does: when each part last tried and last succeeded, on which host, and which alarms stand."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.orm import aliased

from mailgateway.store.engine import Transaction
from mailgateway.store.hosts.names import is_process_of
from mailgateway.store.hosts.present import names_present
from mailgateway.store.tables.gateway import AlarmRow, BeatRow
from mailgateway.store.upsert import insert_new, insert_or_update


@dataclass(frozen=True, slots=True)
class Beat:
    """When a part last succeeded (None: never) and last tried; `error` is empty where that went well.

    `host` is where, "" on the only one; of all hosts together, whose word `error` is.
    """

    name: str
    good_at: datetime | None
    attempt_at: datetime
    error: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that stands since `raised_at`."""

    name: str
    text: str
    raised_at: datetime


_BEAT = insert_or_update(
    BeatRow,
    ("name", "host"),
    lambda new: {
        "good_at": func.coalesce(new.good_at, BeatRow.good_at),
        "attempt_at": new.attempt_at,
        "error": new.error,
    },
)
_RAISE = {dialect: alarm.returning(AlarmRow.name) for dialect, alarm in insert_new(AlarmRow).items()}
_OTHER = aliased(BeatRow)
_SUPERSEDED = (
    select(_OTHER.name)
    .where(
        _OTHER.name == BeatRow.name,
        _OTHER.host != BeatRow.host,
        _OTHER.attempt_at > BeatRow.attempt_at,
        or_(BeatRow.good_at.is_(None), _OTHER.good_at >= BeatRow.good_at),
    )
    .exists()
)
_LONGEST_ERROR = 2000
_KEPT = timedelta(days=1)


def beat(tx: Transaction, name: str, now: datetime, error: str | None, host: str = "") -> None:
    """Write down that a part (`fetch:MAILBOX`, `send`) did its work on a host, or why it could not."""
    good_at = now if error is None else None
    told = (error or "")[:_LONGEST_ERROR]
    values = {"name": name, "host": host, "good_at": good_at, "attempt_at": now, "error": told}
    tx.connection.execute(_BEAT[tx.dialect], values)


def recover(tx: Transaction, name: str, now: datetime, host: str = "") -> None:
    """Write down that a part could do its work again, though there was none to do."""
    ours = update(BeatRow).where(BeatRow.name == name, BeatRow.host == host)
    tx.connection.execute(ours.values(attempt_at=now, error=""))


def beats(tx: Transaction) -> dict[str, Beat]:
    """Return the last beat of every part, by name, all hosts taken together."""
    return together(beats_of_hosts(tx), names_present(tx))


def beats_of_hosts(tx: Transaction) -> tuple[Beat, ...]:
    """Return the last beat of every part on every host, those included that are gone."""
    columns = (BeatRow.name, BeatRow.good_at, BeatRow.attempt_at, BeatRow.error, BeatRow.host)
    return tuple(Beat(*row) for row in tx.connection.execute(select(*columns).order_by(BeatRow.name, BeatRow.host)))


def together(found: Iterable[Beat], present: Collection[str]) -> dict[str, Beat]:
    """Return one beat a part: it is well where one of the hosts that are `present` does it well.

    So one that reaches a server makes up for one that does not. Where none of them is there the last try counts.
    """
    by_name: dict[str, list[Beat]] = {}
    for one in sorted(found, key=lambda one: one.attempt_at):
        by_name.setdefault(one.name, []).append(one)
    return {name: _together(tries, present) for name, tries in by_name.items()}


def _together(tries: list[Beat], present: Collection[str]) -> Beat:
    here = [one for one in tries if any(is_process_of(name, one.host) for name in present)] or tries[-1:]
    told = ([one for one in here if not one.error] or here)[-1]
    good_at = max((one.good_at for one in tries if one.good_at is not None), default=None)
    return Beat(told.name, good_at, tries[-1].attempt_at, told.error, told.host)


def forget_beats(tx: Transaction, now: datetime) -> None:
    """Forget what hosts told that have said nothing of a part for a day, where another host knows better."""
    tx.connection.execute(delete(BeatRow).where(BeatRow.attempt_at < now - _KEPT, _SUPERSEDED))


def version_of_database(tx: Transaction) -> str:
    """Return what the database is, such as `sqlite 3.40.1` or `postgresql 15.4`."""
    asked = "SELECT sqlite_version()" if tx.dialect == "sqlite" else "SHOW server_version"
    version = str(tx.connection.execute(text(asked)).scalar_one())
    return f"{tx.dialect} {version.partition(' ')[0]}"


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


def clear_alarm(tx: Transaction, name: str) -> bool:
    """Take an alarm back; False where it does not stand."""
    return tx.connection.execute(delete(AlarmRow).where(AlarmRow.name == name)).rowcount > 0
