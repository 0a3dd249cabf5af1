"""What has outlived its time goes: in small parts, one host at a time, oldest close first.

Once through, what becomes due is done as it does; and after a week all of it is looked at again from the beginning, for
what was added to closed tickets meanwhile, such as a machine's mail.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from mailgateway import log
from mailgateway.desk.privacy.retention import Kind
from mailgateway.flows.desk import Desk, Stop
from mailgateway.store.engine import Transaction
from mailgateway.store.loose import BATCH, sweep
from mailgateway.store.privacy import marks, outlived
from mailgateway.store.privacy.marks import Mark

TICKETS, ROWS = 50, 200
"""So many tickets are looked at in a transaction, and so many rows of a table changed, at most."""

PARTS = 10
"""So many such transactions are made of a kind before the next is begun, or the daemon is given a rest."""

_AGAIN_AFTER = timedelta(days=7)

_log = log.logger("retain")


def retain(desk: Desk, stop: Stop) -> int:
    """Remove some of what has outlived its time; return how much it was. Raises StoreBusy and StoreUnusable."""
    removed = 0
    for kind, before in desk.policy().retention.cutoffs(desk.clock()).items():
        of_kind = _some(desk, kind, before, stop)
        if of_kind:
            _log.info("retain.removed", kind=kind.value, removed=of_kind)
        removed += of_kind
    for _ in range(PARTS * ROWS // BATCH):
        if stop() or not sweep(desk.store, desk.clock()).looked_at:
            break
    return removed


def _some(desk: Desk, kind: Kind, before: datetime, stop: Stop) -> int:
    removed = 0
    for _ in range(PARTS):
        if stop():
            break
        with desk.store.writing() as tx:
            mark = marks.take(tx, kind, desk.clock())
            if mark is None:
                break
            after, is_done = _part(tx, kind, mark, before, desk.clock())
            marks.keep(tx, kind, after)
        removed += after.removed - mark.removed
        if is_done:
            break
    return removed


def _part(tx: Transaction, kind: Kind, mark: Mark, before: datetime, now: datetime) -> tuple[Mark, bool]:
    """Do the next part; return how far that is, and whether nothing is left.

    Where a part was full, its tickets are looked at once more.
    """
    bare = outlived.remove_bare(tx, before, ROWS) if kind is Kind.RAW else 0
    found = outlived.closed(tx, mark, before, TICKETS)
    removed = outlived.remove(tx, kind, outlived.with_merged(tx, [number for number, _ in found]), before, ROWS)
    after = replace(mark, removed=mark.removed + bare + removed)
    if removed >= ROWS or bare >= ROWS:
        return after, False
    if found:
        number, closed_at = found[-1]
        return replace(after, closed_at=closed_at, ticket=number), False
    if now - mark.round_at >= _AGAIN_AFTER:
        return replace(after, closed_at=None, ticket=0, round_at=now, done_at=now), True
    return replace(after, done_at=now), True
