"""What waits, read for who monitors: right on both databases, and by index however much there is."""

from datetime import timedelta

import pytest
from sqlalchemy import Select

from mailgateway.desk.letters.delivery import DeliveryState, failed
from mailgateway.desk.levels.level_changes import SetClocks
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import Status
from mailgateway.store import depths
from mailgateway.store.depths import Depth, Depths, Newest, read_depths
from mailgateway.store.engine import Store
from mailgateway.store.incoming import spool
from mailgateway.store.outgoing import calls, outbox
from mailgateway.store.outgoing.calls import QueuedCall
from mailgateway.store.tickets.apply import apply
from tests.store.examples import MINUTE, NOW, arrival, opening, queued, spool_one, working

HOUR = timedelta(hours=1)


def found(store: Store) -> Depths:
    """Read what waits, an hour later."""
    with store.reading() as tx:
        return read_depths(tx, {"support": "INBOX", "sales": "INBOX"}, ["crm"], NOW + HOUR)


def test_an_empty_store_has_every_figure(store: Store) -> None:
    """What does not wait is 0 and has no age; of a mailbox without mail there is no newest."""
    empty = found(store)
    assert set(empty.letters.values()) == set(empty.calls.values()) == {Depth()}
    assert empty.waiting == empty.quarantined == {"support": Depth(), "sales": Depth()}
    assert set(empty.overdue.values()) == {0}
    assert set(empty.overdue) == set(Target)
    assert (empty.newest, empty.beats, empty.alarms) == ({}, {}, 0)


def test_what_waits_is_counted_with_its_oldest(store: Store) -> None:
    """Letters and calls by state, mails by mailbox; a mailbox that is gone is nobody's."""
    with store.writing() as tx:
        outbox.put(tx, [queued("k1")], NOW)
        outbox.put(tx, [queued("k2"), queued("k3")], NOW + MINUTE)
        [first] = outbox.claim_due(tx, NOW, "one", 1)
        outbox.record(tx, {first.id: failed("550 no", NOW)})
        calls.put(tx, [QueuedCall("m1", "crm", None, "opened", b"{}")], NOW)
    aside = spool_one(store, arrival(1))
    spool_one(store, arrival(2))
    spool_one(store, arrival(3, mailbox="gone"))
    with store.writing() as tx:
        spool.quarantine(tx, aside, "parse", "no mail", NOW)
    there = found(store)
    assert there.letters[DeliveryState.FAILED] == Depth(1, NOW)
    assert there.letters[DeliveryState.QUEUED] == Depth(2, NOW + MINUTE)
    assert there.calls[("crm", DeliveryState.QUEUED)] == Depth(1, NOW)
    assert there.waiting == {"support": Depth(1, NOW), "sales": Depth(), "": Depth(1, NOW)}
    assert there.quarantined == {"support": Depth(1, NOW), "sales": Depth()}


def test_the_newest_mail_of_a_mailbox_is_the_one_with_the_highest_number(store: Store) -> None:
    """Its arrival beside its acceptance is how late the mailbox is; a new UIDVALIDITY counts anew."""
    spool_one(store, arrival(9, received_at=NOW - 5 * MINUTE))
    assert found(store).newest == {"support": Newest(NOW - 5 * MINUTE, NOW)}
    spool_one(store, arrival(1, uidvalidity=8, received_at=NOW - MINUTE))
    assert found(store).newest == {"support": Newest(NOW - MINUTE, NOW)}


def test_old_mail_that_is_filed_in_silence_is_not_late(store: Store) -> None:
    """It may have lain there for years: of the newest mail nothing is told until a new one comes."""
    spool_one(store, arrival(1, received_at=NOW - 5000 * HOUR, backfill=True))
    assert found(store).newest == {}
    spool_one(store, arrival(2, received_at=NOW - MINUTE))
    assert found(store).newest == {"support": Newest(NOW - MINUTE, NOW)}


def test_broken_promises_are_counted_by_target(store: Store) -> None:
    """One that is due later, or met, does not count."""
    late = Clock(Target.RESOLUTION, 1, "standard", "office", HOUR, NOW, running_since=NOW, due_at=NOW + MINUTE)
    with store.writing() as tx:
        number = apply(tx, opening(), None)
        assert number is not None
        apply(tx, working(number, SetClocks((), (late,), Status.NEW)), None)
    assert found(store).overdue[Target.RESOLUTION] == 1
    assert found(store).overdue[Target.OWN] == 0


@pytest.mark.parametrize(
    ("question", "values"),
    [
        (depths.LETTERS, {"state": "queued"}),
        (depths.CALLS, {"webhook": "crm", "state": "queued"}),
        (depths.MAILS, {"state": "waiting"}),
        (depths.OVERDUE, {"now": NOW}),
        (depths.NEWEST, {"mailbox": "support", "folder": "INBOX"}),
    ],
    ids=["letters", "calls", "mails", "overdue", "newest"],
)
def test_an_index_leads_to_each_figure(
    store: Store, question: Select[tuple[object]], values: dict[str, object]
) -> None:
    """Neither database goes through a table for what it may be asked every few seconds."""
    asked = question.params(values).compile(store.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN " if store.engine.dialect.name == "sqlite" else "EXPLAIN "
    with store.reading() as tx:
        if store.engine.dialect.name == "postgresql":
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            tx.connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        plan = "\n".join(str(tuple(row)) for row in tx.connection.exec_driver_sql(explain + str(asked)))
    assert "ix_" in plan or "uq_" in plan or "sqlite_autoindex" in plan
    assert "Seq Scan" not in plan
    assert "ORDER BY" not in plan
