"""What somebody did lately: their tickets with what they wrote, and the automatic mails to them."""

from dataclasses import replace
from datetime import timedelta

from mailgateway.desk.letters.pingpong import MOST_LETTERS, MOST_TEXT, MOST_TICKETS, Lately
from mailgateway.store.engine import Store
from mailgateway.store.outgoing import outbox
from mailgateway.store.service.lately import lately
from mailgateway.store.tickets.apply import apply
from tests.store.examples import (
    JANE,
    MINUTE,
    NOW,
    arrival,
    article,
    open_ticket,
    opening,
    queued,
    spool_one,
    ticket,
    waiting,
)

DAY = timedelta(days=1)


def test_a_requesters_day_is_known(store: Store) -> None:
    """Newest first; a ticket is as old as its mail; answers of persons, older things and other people do not count."""
    first = spool_one(store, replace(arrival(1), received_at=NOW - 10 * MINUTE))
    with store.writing() as tx:
        number = apply(tx, opening(first=article(text="One")), waiting(tx, first))
    open_ticket(store, opening(ticket(created_at=NOW - DAY - MINUTE)))
    open_ticket(store, opening(ticket(requester=replace(JANE, address="bob@customer.example"))))
    last = open_ticket(store, opening(ticket(subject="Two"), article(text="x" * 5_000)))
    with store.writing() as tx:
        outbox.put(tx, [queued("a", number)], NOW - MINUTE)
        outbox.put(tx, [queued("b", number)], NOW - 2 * DAY)
        outbox.put(tx, [replace(queued("c", number), automatic=False)], NOW)
        found = lately(tx, JANE.address.upper(), NOW)
        assert lately(tx, "nobody@customer.example", NOW) == Lately()
    assert [(one.number, one.at, one.subject, one.text) for one in found.opened] == [
        (last, NOW, "Two", "x" * MOST_TEXT),
        (number, NOW - 10 * MINUTE, "Help", "One"),
    ]
    assert found.written_to == (NOW - MINUTE,)


def test_of_who_writes_all_day_no_more_is_read_than_a_screenful(store: Store) -> None:
    """Twenty tickets and sixty letters, the newest of each."""
    with store.writing() as tx:
        for place in range(MOST_TICKETS + 5):
            apply(tx, opening(ticket(subject=str(place)), article(message_id=f"m{place}@x")), None)
        for place in range(MOST_LETTERS + 5):
            outbox.put(tx, [queued(f"k{place}")], NOW - place * MINUTE)
        found = lately(tx, JANE.address, NOW)
    assert [one.subject for one in found.opened] == [str(place) for place in reversed(range(5, MOST_TICKETS + 5))]
    assert sorted(found.written_to) == [NOW - place * MINUTE for place in reversed(range(MOST_LETTERS))]
