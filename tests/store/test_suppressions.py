"""Addresses that letters came back from, as the database remembers them."""

from datetime import timedelta

from mailgateway.desk.letters.suppression import Reachability
from mailgateway.store.engine import Store
from mailgateway.store.outgoing import suppressions
from tests.store.examples import NOW

CLOSED = Reachability("Carla@customer.example", 1, NOW, NOW + timedelta(days=30), "5.1.1 no such user")


def test_what_is_kept_is_known_by_any_case(store: Store) -> None:
    """An address is one however it is written; what is kept again replaces what was."""
    with store.writing() as tx:
        suppressions.keep(tx, [Reachability(CLOSED.address, 3, NOW), CLOSED])
    with store.reading() as tx:
        assert suppressions.known(tx, ["carla@CUSTOMER.example", "b@x.example"]) == {"carla@customer.example": CLOSED}


def test_what_is_over_is_not_listed(store: Store) -> None:
    """The list shows what is closed now; counts and times that ran out are not in it."""
    counted = Reachability("a@x.example", 2, NOW)
    with store.writing() as tx:
        suppressions.keep(tx, [CLOSED, counted])
    with store.reading() as tx:
        assert suppressions.listed(tx, NOW, 0) == (CLOSED,)
        assert suppressions.listed(tx, NOW + timedelta(days=31), 0) == ()


def test_an_address_is_opened(store: Store) -> None:
    """By removing it, or by what a plan knows of it from now on."""
    for open_it in (
        lambda tx: suppressions.remove(tx, ["CARLA@customer.example"]),
        lambda tx: suppressions.keep(tx, [Reachability("carla@customer.example")]),
    ):
        with store.writing() as tx:
            suppressions.keep(tx, [CLOSED])
            open_it(tx)
        with store.reading() as tx:
            assert suppressions.listed(tx, NOW, 0) == ()
