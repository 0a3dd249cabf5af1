"""The stream of what happened: one order, without gaps, whoever writes at the same time."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Flag

from mailgateway.desk.events import Event
from mailgateway.store.engine import Store
from mailgateway.store.events import last_number, number_before, read_on, record
from tests.store.conftest import Opener
from tests.store.examples import MINUTE, NOW, open_ticket

WRITERS = 4
ROUNDS = 25


def _event(ticket: int, what: str, minutes: int = 0) -> Event:
    return Event(ticket, NOW + minutes * MINUTE, "anna", what, {"by": what})


def _record(store: Store, *events: Event) -> None:
    with store.writing() as tx:
        record(tx, events)


def _words(events: Sequence[Event]) -> list[str]:
    return [event.what for event in events]


def test_it_is_read_in_pages_from_any_number_on(store: Store) -> None:
    """Each page begins where the last one ended; a ticket has a stream of its own."""
    first, second = open_ticket(store), open_ticket(store)
    start = last_number(store)
    _record(store, _event(first, "a"), _event(second, "b"), _event(first, "c"))
    page = read_on(store, start, 2)
    assert _words(page) == ["a", "b"]
    assert page[0].detail == {"by": "a"}
    assert _words(read_on(store, page[-1].id, 2)) == ["c"]
    assert _words(read_on(store, start, 9, second)) == ["b"]
    assert read_on(store, last_number(store), 9) == ()


def test_who_listens_hears_each_event_with_its_own_number(store: Store) -> None:
    """Several that are written at once are numbered in the order in which they happened."""
    ticket = open_ticket(store)
    with store.writing() as tx:
        record(tx, [_event(ticket, word) for word in "abcde"])
        heard = [(event.id, event.what) for event in tx.happened]
    assert heard == [(event.id, event.what) for event in read_on(store, heard[0][0] - 1, 9)]


def test_it_is_read_from_a_moment_on(store: Store) -> None:
    """With everything that happened then or later; of a moment to come, with what is to come."""
    ticket = open_ticket(store)
    _record(store, _event(ticket, "a", 1), _event(ticket, "b", 2))
    assert _words(read_on(store, number_before(store, NOW + 2 * MINUTE), 9)) == ["b"]
    assert number_before(store, NOW + 3 * MINUTE) == last_number(store)


def test_nothing_happened_yet(store: Store) -> None:
    """An empty store has an empty stream, from number 0 on."""
    assert last_number(store) in (0, 1)
    assert read_on(store, 0, 9) == ()


def test_what_is_not_committed_yet_keeps_later_numbers_back(postgres_opener: Opener) -> None:
    """A reader never sees a number before a lower one that is still to come; a rollback lets it go on."""
    store = postgres_opener()
    ticket = open_ticket(store)
    start = last_number(store)
    with store.writing() as slow:
        record(slow, [_event(ticket, "early")])
        _record(store, _event(ticket, "late"))
        assert read_on(store, start, 9) == ()
        assert last_number(store) == start
    assert _words(read_on(store, start, 9)) == ["early", "late"]
    with store.writing() as slow:
        record(slow, [_event(ticket, "never")])
        _record(store, _event(ticket, "later"))
        slow.connection.rollback()
    assert _words(read_on(store, start, 9)) == ["early", "late", "later"]


def test_who_follows_many_writers_misses_nothing(opener: Opener, store: Store) -> None:
    """Read on and on while several write and some change their mind, it gives every event once, in rising order."""
    ticket = open_ticket(store)
    start = last_number(store)
    done = Flag()

    def write(writer: int) -> None:
        mine, chance = opener(), random.Random(writer)
        for turn in range(ROUNDS):
            with mine.writing() as tx:
                record(tx, [_event(ticket, f"{writer}-{turn}-{part}") for part in range(chance.randint(1, 3))])
                if chance.random() < 0.2:
                    tx.connection.rollback()

    def follow() -> list[Event]:
        mine, after = opener(), start
        seen: list[Event] = []
        while True:
            is_over = done.is_set()
            page = read_on(mine, after, 7)
            seen += page
            after = page[-1].id if page else after
            if is_over and not page:
                return seen

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        following = pool.submit(follow)
        try:
            list(pool.map(write, range(WRITERS)))
        finally:
            done.set()
    assert following.result() == list(read_on(store, start, 10_000))
