"""Calls of webhooks: queued in order, claimed by one, tried again, given up, told of."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from mailgateway.desk.letters.delivery import Attempt, DeliveryState, deferred, failed, sent
from mailgateway.store.engine import Store
from mailgateway.store.outgoing import calls
from mailgateway.store.outgoing.calls import CallLine, OutgoingCall, QueuedCall
from mailgateway.store.tables.tickets import CallRow
from tests.store.conftest import Opener
from tests.store.examples import MINUTE, NOW, let_go_by, open_ticket

LEASE = timedelta(minutes=15)


def _put(store: Store, *names: str, webhook: str = "crm", ticket: int | None = None) -> tuple[int, ...]:
    queued = [QueuedCall(f"msg_{name}", webhook, ticket, "opened", f'{{"x":"{name}"}}'.encode()) for name in names]
    with store.writing() as tx:
        return calls.put(tx, queued, NOW)


def _claim(store: Store, webhook: str = "crm", at: timedelta = timedelta(0), limit: int = 10) -> list[OutgoingCall]:
    with store.writing() as tx:
        return list(calls.claim_due(tx, webhook, NOW + at, "one", limit))


def _lines(store: Store, *, everything: bool = True) -> list[CallLine]:
    with store.reading() as tx:
        return list(calls.listed(tx, everything=everything, limit=0))


def test_a_call_is_made_as_it_was_queued(store: Store) -> None:
    """Its id and bytes come back, oldest first, with the number of the try; each webhook has its own."""
    number = open_ticket(store)
    ids = _put(store, "a", "b", ticket=number)
    _put(store, "c", webhook="bi")
    with store.reading() as tx:
        assert calls.is_due(tx, "crm", NOW)
        assert not calls.is_due(tx, "crm", NOW - MINUTE)
        assert not calls.is_due(tx, "nobody", NOW)
    first, second = _claim(store)
    assert (first.id, second.id) == ids
    assert (first.message_id, first.content, first.ticket, first.attempts) == ("msg_a", b'{"x":"a"}', number, 1)
    assert [one.message_id for one in _claim(store, "bi")] == ["msg_c"]
    assert _claim(store) == []
    with store.reading() as tx:
        assert calls.is_claimed(tx)
        assert not calls.is_due(tx, "crm", NOW)


def test_nothing_to_queue_is_nothing(store: Store) -> None:
    """No call, no statement."""
    assert _put(store) == ()


def test_what_became_of_each_is_kept(store: Store) -> None:
    """Sent, waiting for its next try, or failed, with the last answer; the backlog counts what is not through."""
    _put(store, "a", "b", "c")
    one, two, three = _claim(store)
    with store.writing() as tx:
        calls.record(tx, {one.id: sent("200", NOW)})
        later = deferred(Attempt(1, NOW), "500", NOW, 0.0, timedelta(hours=72), uncertain=False)
        calls.record(tx, {two.id: later})
        calls.record(tx, {three.id: failed("410", NOW)})
    found = {line.message_id: (line.state, line.answer) for line in _lines(store)}
    assert found == {
        "msg_a": (DeliveryState.SENT, "200"),
        "msg_b": (DeliveryState.QUEUED, "500"),
        "msg_c": (DeliveryState.FAILED, "410"),
    }
    assert [line.message_id for line in _lines(store, everything=False)] == ["msg_c", "msg_b"]
    assert _claim(store) == []
    assert [again.attempts for again in _claim(store, at=MINUTE)] == [2]
    with store.reading() as tx:
        assert calls.backlog(tx) == {
            "crm": {DeliveryState.QUEUED: 0, DeliveryState.SENDING: 1, DeliveryState.FAILED: 1}
        }


def test_the_admin_hears_of_a_failure_once(store: Store) -> None:
    """Until it was told, it is untold."""
    _put(store, "a")
    (one,) = _claim(store)
    with store.writing() as tx:
        calls.record(tx, {one.id: failed("410", NOW)})
    with store.writing() as tx:
        (line,) = calls.untold_failures(tx)
        calls.told(tx, [line.id], NOW)
    with store.reading() as tx:
        assert calls.untold_failures(tx) == ()


def test_a_person_has_it_tried_again_or_gives_it_up(store: Store) -> None:
    """What waits or failed; what is through stays so, and an id of none does nothing."""
    first, second = _put(store, "a", "b")
    with store.writing() as tx:
        assert calls.cancel(tx, [first, 10**15], NOW) == 1
    (one,) = _claim(store)
    with store.writing() as tx:
        calls.record(tx, {one.id: sent("200", NOW)})
        assert calls.retry(tx, [second], NOW) == 0
        assert calls.retry(tx, [first], NOW) == 1
    assert [again.id for again in _claim(store)] == [first]


@pytest.mark.parametrize(
    ("is_alive", "after", "released"),
    [(True, MINUTE, 0), (False, MINUTE, 1), (True, LEASE + MINUTE, 1)],
)
def test_what_its_maker_left_behind_is_made_again(
    store: Store, *, is_alive: bool, after: timedelta, released: int
) -> None:
    """Where the owner is dead, or has it too long; it may have arrived. What was not begun is put back as it was."""
    _put(store, "a")
    (claimed,) = _claim(store)
    with store.writing() as tx:
        let_go_by(tx, CallRow, after)
        assert calls.release_abandoned(tx, NOW, LEASE, lambda _owner: is_alive) == released
    assert [line.uncertain for line in _lines(store)] == [bool(released)]
    if released:
        assert [again.message_id for again in _claim(store)] == [claimed.message_id]


def test_what_was_not_begun_costs_no_try(store: Store) -> None:
    """Put back, it is as if nobody had claimed it."""
    _put(store, "a")
    (claimed,) = _claim(store)
    with store.writing() as tx:
        calls.put_back(tx, [claimed.id])
    assert [again.attempts for again in _claim(store)] == [1]


def test_a_call_is_claimed_by_one(opener: Opener, store: Store) -> None:
    """Daemons that claim at the same moment share the calls."""
    _put(store, *(str(number) for number in range(30)))
    start, stores = Barrier(3), [opener() for _ in range(3)]

    def claim(mine: Store) -> list[int]:
        start.wait(10)
        taken: list[int] = []
        while claimed := _claim(mine, limit=2):
            taken += [one.id for one in claimed]
        return taken

    with ThreadPoolExecutor(3) as pool:
        taken = [one for some in pool.map(claim, stores) for one in some]
    assert len(taken) == len(set(taken)) == 30
