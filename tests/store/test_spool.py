"""The spool keeps every mail once, and its one outcome for ever."""

from pathlib import Path

import pytest

from mailgateway.desk.plan import Disposition
from mailgateway.desk.quarantine.decision import Decision, Order
from mailgateway.errors import PermanentError, StoreBusy
from mailgateway.store.engine import Store
from mailgateway.store.incoming import ledger, quarantine, spool
from mailgateway.store.incoming.delayed import delayed_since
from mailgateway.store.incoming.ledger import Outcome, Unsettled
from mailgateway.store.tables.base import SpoolState
from tests.store.examples import MINUTE, NOW, arrival, open_ticket, raw_mail, spool_one, waiting


def test_a_mail_waits_with_its_bytes_and_identity(store: Store) -> None:
    """What was put comes back: bytes, mailbox, size, Message-ID, and no attempt yet."""
    come = arrival(5)
    spool_id = spool_one(store, come)
    with store.reading() as tx:
        assert spool.waiting(tx, None, NOW, 10) == (spool_id,)
        spooled = waiting(tx, spool_id)
    assert (spooled.raw, spooled.mailbox, spooled.received_at, spooled.size) == (come.raw, "support", NOW, come.size)
    assert spooled.identity.message_id == "m5@customer.example"
    assert (spooled.attempts, spooled.released, spooled.headers_only) == (0, False, False)


def test_a_mail_whose_arrival_nobody_tells_arrived_when_it_was_accepted(store: Store) -> None:
    """Where the server does not say when it received a mail, it is now."""
    spool_id = spool_one(store, arrival(received_at=None))
    with store.reading() as tx:
        assert waiting(tx, spool_id).received_at == NOW


def test_the_same_uid_is_not_put_twice(store: Store) -> None:
    """A batch that is fetched again brings only what the ledger does not know."""
    first = spool_one(store, arrival(1))
    with store.writing() as tx:
        new = spool.put(tx, [arrival(1), arrival(2)], NOW)
    assert len(new) == 1
    with store.reading() as tx:
        assert spool.waiting(tx, None, NOW, 10) == (first, *new)


def test_other_folders_and_uidvalidities_are_other_mails(store: Store) -> None:
    """The same UID means another mail in another folder, UIDVALIDITY or mailbox."""
    others = [arrival(1), arrival(1, folder="Archive"), arrival(1, uidvalidity=8), arrival(1, mailbox="sales")]
    with store.writing() as tx:
        assert len(spool.put(tx, others, NOW)) == 4


def test_files_have_no_uid_and_are_all_put(store: Store) -> None:
    """Mails from no server are never taken for each other by their missing UID."""
    with store.writing() as tx:
        assert len(spool.put(tx, [arrival(None), arrival(None)], NOW)) == 2
        assert spool.put(tx, [], NOW) == ()


@pytest.mark.parametrize("refused", [1, 2])
def test_a_batch_holds_mails_that_came_and_mails_that_the_server_refused(store: Store, refused: int) -> None:
    """Whichever of them is the first, each is put: what came waits, and the other is set aside."""
    batch = [arrival(uid, problem="refused" if uid == refused else "") for uid in (1, 2)]
    with store.writing() as tx:
        assert len(spool.put(tx, batch, NOW)) == 2
    with store.reading() as tx:
        assert len(spool.waiting(tx, None, NOW, 10)) == 1
        assert [one.uid for one in quarantine.listed(tx, 0)] == [refused]


def test_highest_uid_is_the_watermark(store: Store) -> None:
    """It is the folder's own, zero where nothing was ever accepted, and stays when mails are done."""
    for uid in (3, 9, 5):
        spool_one(store, arrival(uid))
    with store.reading() as tx:
        assert ledger.highest_uid(tx, "support", "INBOX", 7) == 9
        assert ledger.highest_uid(tx, "support", "INBOX", 8) == 0


def test_waiting_is_oldest_first_and_bounded(store: Store) -> None:
    """A limit takes the oldest; a mailbox sees its own alone."""
    ids = [spool_one(store, arrival(uid, mailbox=name)) for uid, name in ((1, "a"), (2, "b"), (3, "a"))]
    with store.reading() as tx:
        assert spool.waiting(tx, None, NOW, 2) == (ids[0], ids[1])
        assert spool.waiting(tx, "a", NOW, 10) == (ids[0], ids[2])
        assert spool.waiting(tx, "c", NOW, 10) == ()


def test_a_postponed_mail_waits_and_counts_the_attempt(store: Store) -> None:
    """It is not there before its time, and then with one attempt more, unless another was to blame."""
    spool_id = spool_one(store, arrival())
    with store.writing() as tx:
        spool.postpone(tx, spool_id, "the database: locked", NOW + MINUTE)
    with store.reading() as tx:
        assert spool.waiting(tx, None, NOW, 10) == ()
        assert spool.waiting(tx, None, NOW + MINUTE, 10) == (spool_id,)
        assert waiting(tx, spool_id).attempts == 1
    with store.writing() as tx:
        spool.postpone(tx, spool_id, "the database: locked", NOW + MINUTE, counts=False)
        assert waiting(tx, spool_id).attempts == 1


def test_mails_are_delayed_since_the_oldest_was_accepted(store: Store) -> None:
    """Not those whose turn has not come, and not those that a person let in a week after they came."""
    first, _, third = (spool_one(store, arrival(uid)) for uid in (1, 2, 3))
    with store.writing() as tx:
        assert delayed_since(tx) is None
        spool.quarantine(tx, first, "scan", "virus", NOW)
        quarantine.decide(tx, [Decision(first, Order.RELEASE)], "root", NOW)
        spool.postpone(tx, first, "no clamd", NOW)
        assert delayed_since(tx) is None
        spool.postpone(tx, third, "no clamd", NOW)
        (later,) = spool.put(tx, [arrival(4)], NOW + MINUTE)
        spool.postpone(tx, later, "no clamd", NOW)
        assert delayed_since(tx) == NOW
        spool.finish(tx, third, Disposition.RECORDED, "", None, NOW)
        assert delayed_since(tx) == NOW + MINUTE


def test_a_finished_mail_waits_no_longer_but_is_kept(store: Store) -> None:
    """It cannot be claimed or read as waiting; its outcome and bytes stay."""
    spool_id, number = spool_one(store, arrival()), open_ticket(store)
    with store.writing() as tx:
        assert spool.claim(tx, spool_id)
        spool.finish(tx, spool_id, Disposition.OPENED, "new", number, NOW)
        assert not spool.claim(tx, spool_id)
    with store.reading() as tx:
        assert spool.read(tx, spool_id) is None
        assert spool.raw(tx, spool_id) == arrival().raw
        assert list(ledger.outcomes(tx, "support", "INBOX", 7)) == [
            Outcome(1, SpoolState.FINISHED, Disposition.OPENED, number, settled=False)
        ]


def test_one_mail_has_one_effect(store: Store) -> None:
    """The same mail of the same mailbox cannot be filed twice, whatever the caller believes; a duplicate can end so."""
    first, again = spool_one(store, arrival(1, raw_mail("same@x"))), spool_one(store, arrival(2, raw_mail("same@x")))
    with store.writing() as tx:
        spool.finish(tx, first, Disposition.RECORDED, "kept", None, NOW)
    with pytest.raises(StoreBusy), store.writing() as tx:
        spool.finish(tx, again, Disposition.RECORDED, "kept", None, NOW)
    with store.writing() as tx:
        spool.finish(tx, again, Disposition.DUPLICATE, "again", None, NOW)


def test_unsettled_are_those_with_an_outcome(store: Store) -> None:
    """Waiting mails and files are not settled; quarantined ones are told apart; what was settled is gone."""
    done, set_aside, _, file = (spool_one(store, arrival(uid)) for uid in (1, 2, 3, None))
    with store.writing() as tx:
        spool.finish(tx, done, Disposition.DISCARDED, "rule", None, NOW)
        spool.finish(tx, file, Disposition.DISCARDED, "rule", None, NOW)
        spool.quarantine(tx, set_aside, "parse", "no mail", NOW)
    with store.writing() as tx:
        found = ledger.unsettled(tx, "support", "INBOX", 7, 10)
        assert found == (Unsettled(set_aside, 2, quarantined=True), Unsettled(done, 1, quarantined=False))
        assert ledger.unsettled(tx, "support", "INBOX", 7, 1) == found[:1]
        assert ledger.unsettled(tx, "support", "INBOX", 7, 10, below=2) == found[1:]
        assert ledger.unsettled(tx, "support", "INBOX", 7, 10, above=found[-1].uid) == found[:-1]
        ledger.settled(tx, [done, set_aside], NOW)
        assert ledger.unsettled(tx, "support", "INBOX", 7, 10) == ()
        assert [outcome.settled for outcome in ledger.outcomes(tx, "support", "INBOX", 7)] == [True, True, False]


def test_every_uidvalidity_of_a_folder_is_known(store: Store) -> None:
    """A folder that was made anew leaves both its lives in the ledger."""
    for uid, validity in ((1, 8), (1, 7), (2, 8)):
        spool_one(store, arrival(uid, uidvalidity=validity))
    with store.reading() as tx:
        assert ledger.uidvalidities(tx, "support", "INBOX") == (7, 8)
        assert ledger.uidvalidities(tx, "support", "Archive") == ()


def test_what_the_server_could_not_deliver_is_set_aside_at_once(store: Store) -> None:
    """A mail without a body goes to quarantine, stage fetch, and does not wait."""
    spool_one(store, arrival(1, b"", problem="NO [SERVERBUG] cannot read the message"))
    with store.reading() as tx:
        assert spool.waiting(tx, None, NOW, 10) == ()
        (entry,) = quarantine.listed(tx, 10)
    assert (entry.stage, entry.error, entry.uid) == ("fetch", "NO [SERVERBUG] cannot read the message", 1)


def test_lost_bytes_are_a_permanent_error_and_can_be_set_aside(store: Store, tmp_path: Path) -> None:
    """Where the blob is gone, reading says so, and the mail can still go to quarantine."""
    spool_id = spool_one(store, arrival())
    for blob in tmp_path.rglob("*.z"):
        blob.unlink()
    with pytest.raises(PermanentError, match="missing"), store.reading() as tx:
        spool.read(tx, spool_id)
    with store.writing() as tx:
        spool.quarantine(tx, spool_id, "read", "blob is missing", NOW)
        assert [entry.id for entry in quarantine.listed(tx, 10)] == [spool_id]


@pytest.mark.parametrize("unknown", [4711, -1, 10**30])
def test_bytes_of_an_unknown_mail_are_a_permanent_error(store: Store, unknown: int) -> None:
    """An id that the spool never gave, or never could, is said to be unknown."""
    with pytest.raises(PermanentError, match=str(unknown)), store.reading() as tx:
        spool.raw(tx, unknown)


def test_a_hostile_message_id_is_kept(store: Store) -> None:
    """However long a Message-ID is, the mail is accepted and found again by it."""
    raw = raw_mail("x" * 5000 + "@customer.example")
    first, again = spool_one(store, arrival(1, raw)), spool_one(store, arrival(2, raw))
    with store.reading() as tx:
        assert waiting(tx, first).identity == waiting(tx, again).identity
