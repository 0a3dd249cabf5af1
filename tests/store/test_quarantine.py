"""The quarantine: what is set aside can be seen, filed again, or discarded."""

from mailgateway.desk.plan import Disposition
from mailgateway.store import quarantine, spool
from mailgateway.store.engine import Store
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
        assert quarantine.replay(tx, [spool_id, 4711, 10**30]) == 1
        assert quarantine.replay(tx, [spool_id]) == 0
        assert spool.waiting(tx, None, NOW, 10) == (spool_id,)
        assert (waiting(tx, spool_id).attempts, waiting(tx, spool_id).released) == (0, True)
        assert quarantine.listed(tx, 0) == ()


def test_discard_ends_a_mail_and_keeps_it_in_the_ledger(store: Store) -> None:
    """Its outcome is `discarded`, and its bytes are still there."""
    spool_id = _set_aside(store, 1)
    with store.writing() as tx:
        assert quarantine.discard(tx, [spool_id], NOW) == 1
        assert quarantine.listed(tx, 0) == ()
        (outcome,) = spool.outcomes(tx, "support", "INBOX", 7)
        assert outcome.disposition is Disposition.DISCARDED
        assert spool.raw(tx, spool_id) == arrival(1).raw


def test_the_admin_is_told_once_and_again_when_it_comes_back(store: Store) -> None:
    """What was told is not told again, unless the mail is replayed and set aside once more."""
    spool_id = _set_aside(store, 1)
    with store.writing() as tx:
        assert [entry.id for entry in quarantine.untold(tx)] == [spool_id]
        assert quarantine.told(tx, [spool_id], NOW) == {spool_id}
        assert quarantine.told(tx, [spool_id], NOW) == frozenset()
        assert quarantine.untold(tx) == ()
        quarantine.replay(tx, [spool_id])
        spool.quarantine(tx, spool_id, "parse", "still too deep", NOW + MINUTE)
        assert [entry.error for entry in quarantine.untold(tx)] == ["still too deep"]
