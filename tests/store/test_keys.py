"""The keys that sign: made once, the same for everybody."""

from concurrent.futures import ThreadPoolExecutor

from mailgateway.store.engine import Store
from mailgateway.store.keys import reply_keys, rotate
from tests.store.conftest import Opener


def test_the_first_key_stays(store: Store) -> None:
    """Once made, what is offered later is not taken, and reading is enough."""
    with store.writing() as tx:
        assert reply_keys(tx, b"first") == (b"first",)
    with store.reading() as tx:
        assert reply_keys(tx, b"second") == (b"first",)


def test_of_two_first_keys_one_wins_for_both(opener: Opener) -> None:
    """Two daemons that start at once sign with the same key."""

    def first(number: int) -> tuple[bytes, ...]:
        with stores[number].writing() as tx:
            return reply_keys(tx, bytes([number]))

    stores = [opener(), opener()]
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(first, range(2))
    assert one == two


def test_of_keys_the_newest_two_are_believed(store: Store) -> None:
    """The new one signs; what was signed with the one before it stays good until the next rotation."""
    with store.writing() as tx:
        assert rotate(tx, b"first") == (b"first",)
        assert rotate(tx, b"second") == (b"second", b"first")
        assert rotate(tx, b"third") == (b"third", b"second")
        assert reply_keys(tx, b"another") == (b"third", b"second")
