"""The quarantine: what is set aside can be seen, filed again, or discarded."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import text

from mailgateway.desk.plan import Disposition
from mailgateway.desk.quarantine.decision import Decision, Order
from mailgateway.store.engine import Store
from mailgateway.store.incoming import digests, ledger, quarantine, spool
from tests.store.conftest import Opener
from tests.store.examples import JANE, MINUTE, NOW, arrival, raw_mail, spool_one, waiting


def _set_aside(store: Store, uid: int, raw: bytes | None = None) -> int:
    spool_id = spool_one(store, arrival(uid, raw))
    with store.writing() as tx:
        spool.postpone(tx, spool_id, "tried once", NOW)
        spool.quarantine(tx, spool_id, "parse", "too deep", NOW)
    return spool_id


def test_what_is_set_aside_can_be_recognised(store: Store) -> None:
    """The list shows newest first who wrote what about which matter, and what was wrong with it."""
    older = _set_aside(store, 1)
    newer = _set_aside(store, 2, raw_mail("m2@x", subject="=?utf-8?q?Drukarka_p=C5=82onie?="))
    with store.reading() as tx:
        entries = quarantine.listed(tx, 0)
        assert quarantine.listed(tx, 1) == entries[:1]
    assert [entry.id for entry in entries] == [newer, older]
    entry = entries[0]
    assert (entry.subject, entry.sender, entry.message_id) == ("Drukarka płonie", JANE.address, "m2@x")
    assert (entry.mailbox, entry.uid, entry.stage, entry.error, entry.at) == ("support", 2, "parse", "too deep", NOW)


def test_bytes_that_are_no_mail_are_listed_too(store: Store) -> None:
    """Random bytes have no subject, but a line in the list; so has a header of megabytes."""
    _set_aside(store, 1, bytes(range(256)) * 10)
    _set_aside(store, 2, b"Subject: " + b"a" * 5_000_000)
    with store.reading() as tx:
        assert all(len(entry.subject) <= 200 for entry in quarantine.listed(tx, 0))
        assert len(quarantine.listed(tx, 0)) == 2


def test_replay_lets_a_mail_wait_again_released(store: Store) -> None:
    """It waits as if it were new, without attempts, but known to be released by a person."""
    spool_id = _set_aside(store, 1)
    with store.writing() as tx:
        assert quarantine.decide(tx, orders(Order.RELEASE, spool_id, 4711, 10**30), "root", NOW) == {spool_id}
        assert quarantine.decide(tx, orders(Order.RELEASE, spool_id), "root", NOW) == frozenset()
        assert spool.waiting(tx, None, NOW, 10) == (spool_id,)
        again = waiting(tx, spool_id)
        assert (again.attempts, again.released, again.as_is, again.decided_by) == (0, True, False, "root")
        assert quarantine.listed(tx, 0) == ()


def test_discard_ends_a_mail_and_keeps_it_in_the_ledger(store: Store) -> None:
    """Its outcome is `discarded`, and its bytes are still there."""
    spool_id = _set_aside(store, 1)
    with store.writing() as tx:
        assert quarantine.decide(tx, orders(Order.DROP, spool_id), "root", NOW) == {spool_id}
        assert quarantine.listed(tx, 0) == ()
        (outcome,) = ledger.outcomes(tx, "support", "INBOX", 7)
        assert outcome.disposition is Disposition.DISCARDED
        assert spool.raw(tx, spool_id) == arrival(1).raw


def test_a_ticket_can_be_wanted_whatever_is_odd(store: Store) -> None:
    """The mail waits again, marked to become a ticket as it is; a later release takes the mark away."""
    spool_id = _set_aside(store, 1)
    with store.writing() as tx:
        quarantine.decide(tx, orders(Order.TICKET, spool_id), "root", NOW)
        assert (waiting(tx, spool_id).as_is, waiting(tx, spool_id).error) == (True, "too deep")
        spool.quarantine(tx, spool_id, "decide", "still odd", NOW)
        quarantine.decide(tx, orders(Order.RELEASE, spool_id), "root", NOW)
        assert not waiting(tx, spool_id).as_is


def test_an_order_of_a_mail_is_carried_out_once(store: Store) -> None:
    """What a mail has decided it never decides again, nor what a later mail has; the next mail may."""
    spool_id = _set_aside(store, 1)
    with store.writing() as tx:
        assert quarantine.decide(tx, orders(Order.RELEASE, spool_id), "admin", NOW, asked_by=20) == {spool_id}
        spool.quarantine(tx, spool_id, "parse", "still too deep", NOW)
        assert quarantine.decide(tx, orders(Order.DROP, spool_id), "admin", NOW, asked_by=20) == frozenset()
        assert quarantine.decide(tx, orders(Order.DROP, spool_id), "admin", NOW, asked_by=19) == frozenset()
        (entry,) = quarantine.entries(tx, [spool_id])
        assert (entry.is_aside, entry.asked_by, entry.decided_by) == (True, 20, "admin")
        assert quarantine.decide(tx, orders(Order.DROP, spool_id), "admin", NOW, asked_by=21) == {spool_id}
        (entry,) = quarantine.entries(tx, [spool_id])
        assert (entry.is_aside, entry.outcome, entry.kept) == (False, "discarded", len(arrival(1).raw))


def test_a_digest_is_kept_with_what_it_told_of(store: Store) -> None:
    """It is read by its number; what it told of is told, until it is set aside anew."""
    first, second = _set_aside(store, 1), _set_aside(store, 2)
    with store.writing() as tx:
        assert digests.last(tx) is None
        assert [(one.id, one.told_at) for one in digests.waiting(tx, 10)] == [(first, None), (second, None)]
        assert [one.id for one in digests.waiting(tx, 1)] == [first]
        digest = digests.make(tx, [first, second], NOW)
        assert digests.read(tx, [digest.number, 10**30, 4711]) == (digest,)
        assert digests.last(tx) == NOW
        assert [one.told_at for one in digests.waiting(tx, 10)] == [NOW, NOW]
        quarantine.decide(tx, orders(Order.RELEASE, first), "root", NOW)
        spool.quarantine(tx, first, "parse", "still too deep", NOW + MINUTE)
        assert [(one.id, one.told_at) for one in digests.waiting(tx, 10)] == [(first, None), (second, NOW)]
        assert digests.make(tx, [first], NOW + MINUTE).number > digest.number


def test_two_hosts_make_one_digest(postgres_opener: Opener) -> None:
    """Who asks when the last digest was waits for a host that is making one, and then sees it."""
    here, there = postgres_opener(), postgres_opener()
    spool_id = _set_aside(here, 1)
    with ThreadPoolExecutor(1) as pool:
        with here.writing() as tx:
            assert digests.last(tx) is None
            asked = pool.submit(_last, there)
            while not (waits := tx.connection.execute(_WAITS).scalar()) and not asked.done():
                pass
            assert waits
            digests.make(tx, [spool_id], NOW)
        assert asked.result() == NOW


_WAITS = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


def _last(store: Store) -> datetime | None:
    with store.writing() as tx:
        return digests.last(tx)


def orders(order: Order, *entries: int) -> list[Decision]:
    """Return the same order for several mails."""
    return [Decision(entry, order) for entry in entries]
