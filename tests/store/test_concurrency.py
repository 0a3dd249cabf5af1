"""Several at once over one store: nothing is done twice, nothing is lost."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from sqlalchemy import func, select

from mailgateway.desk.facts import ThreadKeys
from mailgateway.desk.letters.delivery import failed
from mailgateway.desk.model import Status
from mailgateway.desk.plan import ChangeTags, SetStatus
from mailgateway.desk.policy import SeveralMailboxes
from mailgateway.store.engine import Store
from mailgateway.store.gather import gather, gather_ticket
from mailgateway.store.incoming import spool
from mailgateway.store.outgoing import outbox, pace
from mailgateway.store.tables.tickets import ArticleRow, TicketRow
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply
from tests.store.conftest import Opener
from tests.store.examples import (
    NOW,
    arrival,
    article,
    file_mail,
    open_ticket,
    opening,
    queued,
    raw_mail,
    spool_one,
    waiting,
    working,
)

WORKERS = 4
Done = TypeVar("Done")


def _at_once(opener: Opener, work: Callable[[Store, int], Done]) -> list[Done]:
    """Do the same in several threads that start together, each with a store of its own."""
    start = Barrier(WORKERS)
    stores = [opener() for _ in range(WORKERS)]

    def one(number: int) -> Done:
        start.wait(10)
        return work(stores[number], number)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


def _tickets(store: Store) -> int:
    with store.reading() as tx:
        articles = tx.connection.execute(select(func.count()).select_from(ArticleRow)).scalar_one()
        heads: int = tx.connection.execute(select(func.count()).select_from(TicketRow)).scalar_one()
    assert articles == heads
    return heads


def test_a_mail_is_filed_by_one(opener: Opener, store: Store) -> None:
    """Workers that all want the same mail make one ticket of it; the others find nothing to do."""
    spool_id = spool_one(store, arrival())
    ends = _at_once(opener, lambda mine, _: file_mail(mine, spool_id))
    assert sum(facts is not None for facts in ends) == 1
    assert _tickets(store) == 1


def test_copies_of_a_mail_are_filed_once(opener: Opener, store: Store) -> None:
    """The same mail in several mailboxes, ingested at the same moment, is one ticket; the copies know it."""
    ids = [spool_one(store, arrival(1, raw_mail("same@x"), mailbox=f"box{number}")) for number in range(WORKERS)]
    ends = _at_once(opener, lambda mine, number: file_mail(mine, ids[number]))
    assert sum(facts is not None and facts.earlier is None for facts in ends) == 1
    assert sum(facts is not None and facts.earlier is not None and facts.earlier.same for facts in ends) == WORKERS - 1
    assert _tickets(store) == 1


def test_the_same_batch_is_spooled_once(opener: Opener) -> None:
    """Two daemons that fetch the same mails put each of them once."""
    batch = [arrival(uid) for uid in range(1, 21)]

    def put(store: Store, _: int) -> int:
        with store.writing() as tx:
            return len(spool.put(tx, batch, NOW))

    assert sum(_at_once(opener, put)) == len(batch)


def test_no_change_to_a_ticket_is_lost(opener: Opener, store: Store) -> None:
    """Each sees what the one before made of the ticket: the events are one chain, and every tag is there."""
    number = open_ticket(store)
    words: Sequence[Status] = list(Status)

    def work(mine: Store, worker: int) -> None:
        for turn in range(5):
            with mine.writing() as tx:
                candidate = gather_ticket(tx, number, "test", NOW).candidate(number)
                assert candidate is not None
                before = candidate.ticket.status
                after = words[(words.index(before) + 1) % len(words)]
                apply(tx, working(number, SetStatus(before, after), ChangeTags((f"{worker}-{turn}",))), None)

    _at_once(opener, work)
    with store.reading() as tx:
        sheet = tickets.shown(tx, number)
    assert sheet is not None
    steps = [event.detail for event in sheet.events if event.what == "status"]
    assert len(steps) == len(sheet.ticket.tags) == WORKERS * 5
    assert [step["before"] for step in steps] == ["new", *(step["after"] for step in steps[:-1])]
    assert sheet.ticket.status == steps[-1]["after"]


def test_a_letter_is_claimed_by_one(opener: Opener, store: Store) -> None:
    """Senders that claim at the same moment share the letters; none gets one that another has."""
    with store.writing() as tx:
        outbox.put(tx, [queued(f"k{number}") for number in range(40)], NOW)

    def claim(mine: Store, worker: int) -> list[int]:
        taken: list[int] = []
        while True:
            with mine.writing() as tx:
                claimed = outbox.claim_due(tx, NOW, f"owner{worker}", 3)
            if not claimed:
                return taken
            taken += [outgoing.id for outgoing in claimed]

    taken = [outgoing_id for mine in _at_once(opener, claim) for outgoing_id in mine]
    assert len(taken) == len(set(taken)) == 40


def test_hosts_together_keep_to_a_rate(opener: Opener, store: Store) -> None:
    """What one claims for a domain, the next one counts, also where both claim at the same moment."""
    with store.writing() as tx:
        outbox.put(tx, [queued(f"k{number}") for number in range(40)], NOW)
    (domain,) = {one.due.domain for one in _claimed_and_put_back(store)}
    most = 10

    def claim(mine: Store, worker: int) -> int:
        with mine.writing() as tx:
            due = outbox.claim_due(tx, NOW, f"owner{worker}", 8)
            gone = pace.gone(tx, {domain: NOW}, [one.id for one in due])[domain].count
            allowed = max(0, min(len(due), most - gone))
            pace.postpone(tx, {one.id: NOW for one in due[allowed:]})
        return allowed

    assert sum(_at_once(opener, claim)) == most


def _claimed_and_put_back(store: Store) -> Sequence[outbox.Outgoing]:
    with store.writing() as tx:
        due = outbox.claim_due(tx, NOW, "looker", 1)
        outbox.put_back(tx, [one.id for one in due])
    return due


def test_mails_that_name_the_same_tickets_crosswise_do_not_block_each_other(opener: Opener, store: Store) -> None:
    """Tickets are locked in one order whatever order a mail names them in: no deadlock, no retry."""
    ids = [f"m{count}@x" for count in range(6)]
    for message_id in ids:
        open_ticket(store, opening(first=article(message_id=message_id)))
    mails = [[spool_one(store, arrival(worker * 100 + turn)) for turn in range(1, 11)] for worker in range(WORKERS)]

    def work(mine: Store, worker: int) -> int:
        found = 0
        for spool_id in mails[worker]:
            with mine.writing() as tx:
                assert spool.claim(tx, spool_id)
                named = tuple(ids if worker % 2 else reversed(ids))
                keys = ThreadKeys(message_ids=named)
                facts = gather(tx, keys, waiting(tx, spool_id), [], NOW, SeveralMailboxes.SHARED)
                found += len(facts.candidates)
        return found

    assert _at_once(opener, work) == [60] * WORKERS


def test_a_failed_letter_is_recorded_while_its_ticket_is_worked_on(postgres_opener: Opener) -> None:
    """The lock on a ticket keeps other changes out, not the news about its letters."""
    store = postgres_opener()
    number = open_ticket(store)
    with store.writing() as tx:
        outbox.put(tx, [queued("a", number)], NOW)
        (outgoing,) = outbox.claim_due(tx, NOW, "one", 1)
    with store.writing() as tx:
        assert gather_ticket(tx, number, "test", NOW).candidates
        with store.writing() as other:
            other.connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
            outbox.record(other, {outgoing.id: failed("550 no", NOW)})
    with store.reading() as tx:
        assert [line.last_error for line in outbox.untold_failures(tx)] == ["550 no"]
