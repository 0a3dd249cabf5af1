"""How long things are kept, and how far what is too old was removed: for people and for monitoring."""

from dataclasses import dataclass
from datetime import datetime

from mailgateway.desk.as_json import instant
from mailgateway.desk.privacy.retention import Kind, Retention
from mailgateway.store.engine import Transaction
from mailgateway.store.privacy import marks


@dataclass(frozen=True, slots=True)
class KindKept:
    """What of a kind belongs to tickets closed before `before` goes.

    `reached` is the close of the last ticket that was looked at, None at the beginning; `done_at` when nothing was left
    to do the last time; `removed` how much went in all.
    """

    kind: Kind
    before: datetime
    reached: datetime | None
    done_at: datetime | None
    removed: int


def read_kept(tx: Transaction, retention: Retention, now: datetime) -> tuple[KindKept, ...]:
    """Return how it is with each kind that is not kept for ever."""
    known = marks.marks(tx)
    return tuple(
        KindKept(kind, before, mark.closed_at, mark.done_at, mark.removed)
        if (mark := known.get(kind))
        else KindKept(kind, before, None, None, 0)
        for kind, before in retention.cutoffs(now).items()
    )


def kept_object(one: KindKept) -> dict[str, object]:
    """Return a kind as an object of JSON."""
    return {
        "kind": one.kind.value,
        "closed_before": instant(one.before),
        "reached": instant(one.reached),
        "last_done_at": instant(one.done_at),
        "removed": one.removed,
    }
