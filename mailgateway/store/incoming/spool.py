"""The spool: every mail that was ever accepted, with its one outcome. Its queue; what is done is in `ledger`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from mailgateway.desk.plan import Disposition
from mailgateway.errors import PermanentError
from mailgateway.mail.identity import identity
from mailgateway.mail.model import Identity
from mailgateway.store import loose
from mailgateway.store.engine import Transaction
from mailgateway.store.incoming.headline import Headline, headline
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.lookup import lookup_key, possible_ids
from mailgateway.store.tables.tickets import SpoolRow
from mailgateway.store.upsert import insert_new

BATCH_MAILS = 50
BATCH_BYTES = 8_000_000
"""One commit is made for as many mails: many small ones, or a few large ones, for their bytes are in memory."""

_LONGEST_ERROR = 2000
_WITH_EFFECT = frozenset(
    {Disposition.OPENED, Disposition.FOLLOWED_UP, Disposition.RECORDED, Disposition.REFUSED, Disposition.HELD}
)
"""How mails end that must not have the same effect twice; what was discarded may be given again."""
_TURNED_AWAY = frozenset({Disposition.REFUSED, Disposition.HELD})
"""How mails end that people are shown, whose writers may not know it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as it came. `folder`, `uidvalidity` and `uid` are None for one that came from no IMAP server.

    `received_at` is None where the server does not say. `raw` is its header block alone where `headers_only`; `problem`
    says why the server could not deliver it; `backfill`: it is old mail, to be filed in silence. `identity` is its own
    where it is known already.
    """

    mailbox: str
    folder: str | None
    uidvalidity: int | None
    uid: int | None
    received_at: datetime | None
    size: int
    raw: bytes = field(repr=False)
    headers_only: bool = False
    problem: str = ""
    backfill: bool = False
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Spooled:
    """A mail that waits. `attempts` counts those that failed by what may be its own fault.

    `sha256` is what its bytes are kept under. `released`: a person took it out of quarantine;
    `as_is`: it becomes a ticket whatever is odd about it; `decided_by` is who wants it filed, `error` what it was set
    aside for, or why it was put off.
    """

    id: int
    mailbox: str
    received_at: datetime
    size: int
    raw: bytes = field(repr=False)
    headers_only: bool
    identity: Identity
    attempts: int
    released: bool
    sha256: str
    as_is: bool = False
    decided_by: str = ""
    error: str = ""
    accepted_at: datetime | None = None
    backfill: bool = False


_PUT = {dialect: insert.returning(SpoolRow.id) for dialect, insert in insert_new(SpoolRow).items()}
_ID = SpoolRow.id == bindparam("spool_id")
_SPOOLED = select(
    SpoolRow.mailbox,
    SpoolRow.received_at,
    SpoolRow.size,
    SpoolRow.sha256,
    SpoolRow.headers_only,
    SpoolRow.message_id,
    SpoolRow.fingerprint,
    SpoolRow.attempts,
    SpoolRow.released,
    SpoolRow.as_is,
    SpoolRow.decided_by,
    SpoolRow.error,
    SpoolRow.accepted_at,
    SpoolRow.backfill,
).where(_ID)
_WAITS = _SPOOLED.where(SpoolRow.state == SpoolState.WAITING)
_CLAIM = select(SpoolRow.id).where(_ID, SpoolRow.state == SpoolState.WAITING).with_for_update(skip_locked=True)
_CHANGE = update(SpoolRow).where(_ID)
_WAITING = (
    select(SpoolRow.id)
    .where(SpoolRow.state == SpoolState.WAITING, SpoolRow.due_at <= bindparam("now"))
    .order_by(SpoolRow.id)
    .limit(bindparam("most"))
)
_WAITING_IN = _WAITING.where(SpoolRow.mailbox == bindparam("mailbox"))


def put(tx: Transaction, arrivals: Sequence[Arrival], now: datetime) -> tuple[int, ...]:
    """Keep new mails, durable once the transaction is; return the ids of those that the ledger did not know.

    Those with a `problem` go straight to quarantine, stage `fetch`.
    """
    # The blobs come before the first statement, that is before SQLite's one write lock: syncing files takes a while.
    digests = tx.blobs.put_all([arrival.raw for arrival in arrivals])
    rows = [_row(arrival, digest, now) for arrival, digest in zip(arrivals, digests, strict=True)]
    if not rows:
        return ()
    gone = loose.hold(tx, [row["sha256"] for row in rows])
    for arrival, row in zip(arrivals, rows, strict=True):
        if row["sha256"] in gone:
            tx.blobs.put(arrival.raw)
    return tuple(sorted(tx.connection.execute(_PUT[tx.dialect], rows).scalars()))


def waiting(tx: Transaction, mailbox: str | None, now: datetime, limit: int) -> tuple[int, ...]:
    """Return the ids of what is to be ingested now, oldest first."""
    if mailbox is None:
        return tuple(tx.connection.execute(_WAITING, {"now": now, "most": limit}).scalars())
    return tuple(tx.connection.execute(_WAITING_IN, {"now": now, "most": limit, "mailbox": mailbox}).scalars())


def read(tx: Transaction, spool_id: int) -> Spooled | None:
    """Return a mail that waits; None where it does so no longer. Raises PermanentError where its bytes are lost."""
    row = tx.connection.execute(_WAITS, {"spool_id": spool_id}).first()
    return None if row is None else _spooled(tx, spool_id, row)


def kept(tx: Transaction, spool_id: int) -> Spooled:
    """Return a mail, whatever became of it; raises PermanentError where it is unknown or its bytes are lost."""
    row = tx.connection.execute(_SPOOLED, {"spool_id": spool_id}).first()
    if row is None:
        raise PermanentError(f"the spool has no mail {spool_id}")
    return _spooled(tx, spool_id, row)


def _spooled(tx: Transaction, spool_id: int, row: Any) -> Spooled:
    mailbox, received_at, size, sha256, headers_only, message_id, fingerprint, attempts, *decided = row
    released, as_is, decided_by, error, accepted_at, backfill = decided
    return Spooled(
        id=spool_id,
        mailbox=mailbox,
        received_at=received_at,
        size=size,
        raw=tx.blobs.get(sha256),
        headers_only=headers_only,
        identity=Identity(message_id, fingerprint),
        attempts=attempts,
        released=released,
        sha256=sha256,
        as_is=as_is,
        decided_by=decided_by,
        error=error,
        accepted_at=accepted_at,
        backfill=backfill,
    )


def claim(tx: Transaction, spool_id: int) -> bool:
    """Take a mail for this transaction; False where it waits no longer or somebody else has it."""
    # SQLite needs no row lock: a writing transaction is alone.
    return tx.connection.execute(_CLAIM, {"spool_id": spool_id}).first() is not None


def finish(
    tx: Transaction, spool_id: int, disposition: Disposition, reason: str, ticket: int | None, now: datetime
) -> None:
    """Write down the outcome. Raises StoreBusy where the same mail got one with effect at the same time.

    What people will look at is given its headline.
    """
    _change(
        tx,
        spool_id,
        {
            "state": SpoolState.FINISHED,
            "disposition": disposition,
            "reason": reason[:_LONGEST_ERROR],
            "ticket": ticket,
            "filed": True if disposition in _WITH_EFFECT else None,
            "ended_at": now,
            **(asdict(_headline(tx, spool_id)) if disposition in _TURNED_AWAY else {}),
        },
    )


def postpone(tx: Transaction, spool_id: int, error: str, until: datetime, *, counts: bool = True) -> None:
    """Let a mail wait until then; an attempt that failed for another's fault does not count."""
    postponed = _CHANGE.values(attempts=SpoolRow.attempts + int(counts), error=error[:_LONGEST_ERROR], due_at=until)
    tx.connection.execute(postponed, {"spool_id": spool_id})


def quarantine(tx: Transaction, spool_id: int, stage: str, error: str, now: datetime) -> None:
    """Set a mail aside for a person, with the stage that met it and what was wrong."""
    _change(tx, spool_id, {**_quarantined(stage, error, now), **asdict(_headline(tx, spool_id))})


def raw(tx: Transaction, spool_id: int) -> bytes:
    """Return the bytes of a mail, whatever became of it; raises PermanentError where it is unknown or lost."""
    found = select(SpoolRow.sha256).where(SpoolRow.id.in_(possible_ids([spool_id])))
    digest = tx.connection.execute(found).scalar()
    if digest is None:
        raise PermanentError(f"the spool has no mail {spool_id}")
    return tx.blobs.get(digest)


def ticket_of(tx: Transaction, spool_id: int) -> int | None:
    """Return the ticket that a mail was filed in, None where it is in none."""
    return tx.connection.execute(select(SpoolRow.ticket).where(SpoolRow.id == spool_id)).scalar()


def _change(tx: Transaction, spool_id: int, values: Mapping[str, Any]) -> None:
    tx.connection.execute(_CHANGE, {"spool_id": spool_id, **values})


def _headline(tx: Transaction, spool_id: int) -> Headline:
    try:
        return headline(raw(tx, spool_id))
    except PermanentError:  # its bytes may be just what is wrong with it
        return Headline()


def _row(arrival: Arrival, digest: str, now: datetime) -> dict[str, Any]:
    who = arrival.identity or identity(arrival.raw)
    row: dict[str, Any] = {
        "mailbox": arrival.mailbox,
        "folder": arrival.folder,
        "uidvalidity": arrival.uidvalidity,
        "uid": arrival.uid,
        "received_at": arrival.received_at or now,
        "accepted_at": now,
        "size": arrival.size,
        "headers_only": arrival.headers_only,
        "sha256": digest,
        "message_id": lookup_key(who.message_id),
        "fingerprint": who.fingerprint,
        "state": SpoolState.WAITING,
        "due_at": now,
        "attempts": 0,
        "released": False,
        "stage": "",
        "error": "",
        "disposition": None,
        "reason": "",
        "ended_at": None,
        "told_at": None,
        "backfill": arrival.backfill,
        **asdict(Headline()),
    }
    if arrival.problem:
        row |= {**_quarantined("fetch", arrival.problem, now), **asdict(headline(arrival.raw))}
    return row


def _quarantined(stage: str, error: str, now: datetime) -> dict[str, Any]:
    return {
        "state": SpoolState.QUARANTINED,
        "disposition": Disposition.QUARANTINED,
        "stage": stage,
        "error": error[:_LONGEST_ERROR],
        "due_at": now,
        "ended_at": now,
        "told_at": None,
    }
