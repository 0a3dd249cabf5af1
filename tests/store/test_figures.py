"""What is unfinished, counted."""

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.store.engine import Store
from mailgateway.store.figures import figures
from mailgateway.store.incoming import spool
from tests.store.examples import NOW, arrival, spool_one


def test_an_empty_store_has_nothing_unfinished(store: Store) -> None:
    """Every state of a letter is there, with 0."""
    with store.reading() as tx:
        found = figures(tx)
    assert (found.waiting, found.quarantined) == ({}, {})
    assert found.letters == {DeliveryState.QUEUED: 0, DeliveryState.SENDING: 0, DeliveryState.FAILED: 0}


def test_mails_are_counted_by_mailbox(store: Store) -> None:
    """What waits and what is set aside is counted apart."""
    aside = spool_one(store, arrival(1))
    spool_one(store, arrival(2))
    spool_one(store, arrival(3))
    with store.writing() as tx:
        spool.quarantine(tx, aside, "parse", "no mail", NOW)
    with store.reading() as tx:
        found = figures(tx)
    assert (found.waiting, found.quarantined) == ({"support": 2}, {"support": 1})
