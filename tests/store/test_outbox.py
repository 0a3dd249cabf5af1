"""The outbox: every letter goes out the same, and what became of it is known."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from mailgateway.desk.letters.delivery import Delivery, DeliveryState, failed, sent
from mailgateway.desk.letters.pacing import Gone
from mailgateway.desk.letters.urgency import Urgency
from mailgateway.errors import PermanentError
from mailgateway.mail.model import Letter
from mailgateway.store.engine import Store
from mailgateway.store.outgoing import outbox, pace
from mailgateway.store.outgoing.outbox import Outgoing
from mailgateway.store.tables.tickets import OutboxRow
from mailgateway.store.tickets import shown as tickets
from tests.store.examples import MINUTE, NOW, let_go_by, letter, open_ticket, queued

LEASE = timedelta(minutes=15)


def _put(store: Store, *keys: str) -> None:
    with store.writing() as tx:
        outbox.put(tx, [queued(key) for key in keys], NOW)


def _claim(store: Store, owner: str = "one", at: timedelta = timedelta(0), limit: int = 10) -> tuple[Outgoing, ...]:
    with store.writing() as tx:
        return outbox.claim_due(tx, NOW + at, owner, limit)


def _letter(store: Store, outgoing: Outgoing) -> Letter:
    with store.reading() as tx:
        return outbox.letter(tx, outgoing.id)


def _states(store: Store) -> list[DeliveryState]:
    with store.reading() as tx:
        return [line.state for line in outbox.listed(tx, everything=True, limit=0)]


@pytest.mark.parametrize("size", [0, 1000, 300_000])
def test_a_letter_goes_out_as_it_was_written(store: Store, size: int) -> None:
    """Envelope and bytes come back, small or large, with the number of the attempt."""
    content = b"Subject: x\r\n\r\n" + b"x" * size
    number = open_ticket(store)
    with store.writing() as tx:
        assert outbox.put(tx, [queued("k", number, letter=letter("l@x", content=content))], NOW) == 1
    (outgoing,) = _claim(store)
    assert outgoing == Outgoing(outgoing.id, number, 1, NOW, "l@x", outgoing.due)
    assert _letter(store, outgoing) == letter("l@x", content=content)


def test_letters_of_one_occasion_keep_their_own_bytes(store: Store) -> None:
    """Large ones are kept side by side, apart from the small ones between them; each comes back as itself."""
    written = {str(place): b"x" * size + str(place).encode() for place, size in enumerate((300_000, 9, 300_001, 9))}
    with store.writing() as tx:
        outbox.put(tx, [queued(key, letter=letter(key, content=raw)) for key, raw in written.items()], NOW)
    found = [_letter(store, outgoing) for outgoing in _claim(store)]
    assert {one.message_id: one.content for one in found} == written


def test_a_letter_whose_bytes_are_damaged_is_said_to_be(store: Store) -> None:
    """It is an error of its own, which fails this letter and no other."""
    _put(store, "a")
    (outgoing,) = _claim(store)
    with store.writing() as tx:
        tx.connection.execute(update(OutboxRow).values(content=b"not compressed"))
    with pytest.raises(PermanentError, match="damaged"):
        _letter(store, outgoing)


def test_a_letter_is_queued_once(store: Store) -> None:
    """The same key again queues nothing, even with other content, and long keys are told apart."""
    _put(store, "a")
    with store.writing() as tx:
        again = queued("a", letter=letter("other@x"))
        assert outbox.put(tx, [again, queued("x" * 5000 + "1"), queued("x" * 5000 + "2")], NOW) == 2
        assert outbox.put(tx, [], NOW) == 0


def test_letters_are_claimed_once_longest_due_first(store: Store) -> None:
    """What one owner has, another does not get; the limit takes those that are due longest."""
    with store.writing() as tx:
        outbox.put(tx, [queued("late")], NOW)
        outbox.put(tx, [queued("early")], NOW - MINUTE)
        outbox.put(tx, [queued("future")], NOW + MINUTE)
    (early,) = _claim(store, limit=1)
    (late,) = _claim(store, "two")
    assert (early.message_id, late.message_id) == ("early@example.com", "late@example.com")
    assert _claim(store) == ()


def test_a_sent_letter_is_done(store: Store) -> None:
    """It is not due again and no longer listed, unless everything is asked for."""
    _put(store, "a")
    (outgoing,) = _claim(store)
    with store.writing() as tx:
        outbox.record(tx, {outgoing.id: sent("250 ok", NOW)})
        assert outbox.next_due(tx) is None
        assert outbox.listed(tx, everything=False, limit=0) == ()
        (line,) = outbox.listed(tx, everything=True, limit=0)
    assert (line.state, line.last_error, line.next_attempt_at) == (DeliveryState.SENT, "250 ok", None)


def test_a_deferred_letter_is_due_again(store: Store) -> None:
    """It comes at its time with the same bytes, one attempt more, and is tried since the same moment."""
    _put(store, "a")
    (first,) = _claim(store)
    again = Delivery(DeliveryState.QUEUED, NOW + MINUTE, "451 later", uncertain=True, at=NOW)
    with store.writing() as tx:
        outbox.record(tx, {first.id: again})
        assert outbox.next_due(tx) == NOW + MINUTE
        assert outbox.listed(tx, everything=False, limit=0)[0].uncertain
    assert _claim(store) == ()
    (second,) = _claim(store, at=MINUTE)
    assert second == Outgoing(first.id, None, 2, NOW, first.message_id, first.due)
    assert _letter(store, second) == _letter(store, first)


def test_a_failed_letter_is_told_and_shown_on_its_ticket(store: Store) -> None:
    """The admin learns of it once; the ticket has an event with the server's words."""
    number = open_ticket(store)
    with store.writing() as tx:
        outbox.put(tx, [queued("a", number), queued("b")], NOW)
    with store.writing() as tx:
        for outgoing in outbox.claim_due(tx, NOW, "one", 10):
            outbox.record(tx, {outgoing.id: failed("550 no such user", NOW)})
        lines = outbox.untold_failures(tx)
        told = [line.id for line in lines]
        assert outbox.told(tx, told, NOW) == frozenset(told)
        assert outbox.told(tx, told, NOW) == frozenset()
        assert outbox.untold_failures(tx) == ()
        sheet = tickets.shown(tx, number)
    assert [(line.ticket, line.to, line.last_error) for line in lines] == [
        (None, "jane@customer.example", "550 no such user"),
        (number, "jane@customer.example", "550 no such user"),
    ]
    assert sheet is not None
    event = sheet.events[-1]
    assert (event.what, event.detail["to"]) == ("delivery_failed", "jane@customer.example")
    assert event.detail["answer"] == "550 no such user"


def test_letters_not_begun_are_put_back_as_they_were(store: Store) -> None:
    """An outage costs no attempt and makes nothing uncertain."""
    _put(store, "a")
    (outgoing,) = _claim(store)
    with store.writing() as tx:
        outbox.put_back(tx, [outgoing.id])
        outbox.put_back(tx, [])
        (line,) = outbox.listed(tx, everything=False, limit=0)
    assert (line.state, line.attempts, line.next_attempt_at) == (DeliveryState.QUEUED, 0, NOW)
    assert not line.uncertain


def test_letters_of_a_dead_owner_are_released(store: Store) -> None:
    """They are due now and uncertain; those of a living owner stay until the lease is over."""
    _put(store, "a", "b")
    dead, alive = _claim(store, "dead", limit=1), _claim(store, "alive")
    with store.writing() as tx:
        assert outbox.release_abandoned(tx, NOW, LEASE, lambda owner: owner == "alive") == 1
        lines = {line.id: line for line in outbox.listed(tx, everything=False, limit=0)}
    assert lines[dead[0].id].state is DeliveryState.QUEUED
    assert lines[dead[0].id].uncertain
    assert lines[alive[0].id].state is DeliveryState.SENDING
    with store.writing() as tx:
        assert outbox.release_abandoned(tx, NOW, LEASE, lambda _: True) == 0
        let_go_by(tx, OutboxRow, LEASE + MINUTE)
        assert outbox.release_abandoned(tx, NOW, LEASE, lambda _: True) == 1
        assert outbox.release_abandoned(tx, NOW, LEASE, lambda _: True) == 0


def test_who_lost_a_letter_cannot_queue_it_again(store: Store) -> None:
    """After the lease only the news that it was sent counts: what another sent is not sent once more."""
    _put(store, "a")
    (outgoing,) = _claim(store, "slow")
    late = Delivery(DeliveryState.QUEUED, NOW, "time-out", uncertain=True, at=NOW)
    with store.writing() as tx:
        outbox.release_abandoned(tx, NOW, LEASE, lambda _: False)
        outbox.record(tx, {outgoing.id: failed("time-out", NOW)})
    assert _states(store) == [DeliveryState.QUEUED]
    with store.writing() as tx:
        outbox.record(tx, {outgoing.id: sent("250 ok", NOW)})
        outbox.record(tx, {outgoing.id: late})
    assert _states(store) == [DeliveryState.SENT]


def test_a_person_can_try_again_and_give_up(store: Store) -> None:
    """Retry gives a failed letter a full time to try; cancel ends what waits; what is sent or being sent stays."""
    _put(store, "a", "b", "c", "d")
    a, b, c = _claim(store, limit=3)
    with store.writing() as tx:
        outbox.record(tx, {a.id: sent("250 ok", NOW)})
        outbox.record(tx, {b.id: failed("550 no", NOW)})
        ids = [line.id for line in outbox.listed(tx, everything=True, limit=0)]
        assert outbox.retry(tx, [b.id, a.id, c.id, 10**30], NOW + MINUTE) == 1
    (again,) = (letter for letter in _claim(store, at=MINUTE) if letter.id == b.id)
    assert (again.attempts, again.first_at) == (1, NOW + MINUTE)
    with store.writing() as tx:
        outbox.record(tx, {b.id: failed("550 no", NOW)})
        assert outbox.cancel(tx, [*ids, 10**30], NOW) == 1
    assert sorted(_states(store)) == ["cancelled", "sending", "sending", "sent"]


def test_the_oldest_due_letter_is_known(store: Store) -> None:
    """What is due later does not count as stuck."""
    with store.writing() as tx:
        outbox.put(tx, [queued("a")], NOW)
        assert outbox.oldest_due(tx, NOW - MINUTE) is None
        assert outbox.oldest_due(tx, NOW + MINUTE) == NOW


def test_a_list_is_newest_first_and_bounded(store: Store) -> None:
    """The limit takes the newest, zero takes all."""
    _put(store, "a", "b", "c")
    with store.reading() as tx:
        assert [line.message_id for line in outbox.listed(tx, everything=False, limit=2)] == [
            "c@example.com",
            "b@example.com",
        ]
        assert len(outbox.listed(tx, everything=False, limit=0)) == 3


def test_the_most_urgent_letters_are_claimed_first(store: Store) -> None:
    """An answer that was written last goes before receipts, and those before what is for the admin."""
    with store.writing() as tx:
        for number, urgency in enumerate((Urgency.REPORT, Urgency.NEWS, Urgency.ANSWER)):
            outbox.put(tx, [replace(queued(f"k{number}"), urgency=urgency)], NOW + number * MINUTE)
    claimed = [_claim(store, at=3 * MINUTE, limit=1)[0].due.urgency for _ in range(3)]
    assert claimed == [Urgency.ANSWER, Urgency.NEWS, Urgency.REPORT]


def test_what_went_to_a_domain_is_counted(store: Store) -> None:
    """Letters taken within the time count, and those under way; others, and those of other domains, do not."""
    _put(store, "a", "b", "c")
    first, second, third = _claim(store)
    domain = first.due.domain
    with store.writing() as tx:
        outbox.record(tx, {first.id: sent("250 ok", NOW)})
        outbox.record(tx, {second.id: sent("250 ok", NOW - 5 * MINUTE)})
        asked = {domain: NOW - MINUTE, "other.example": NOW - MINUTE}
        assert pace.gone(tx, asked, ()) == {domain: Gone(2, NOW), "other.example": Gone()}
        assert pace.gone(tx, asked, [third.id])[domain] == Gone(1, NOW)
        pace.postpone(tx, {third.id: NOW + MINUTE})
        assert pace.gone(tx, asked, ())[domain] == Gone(1, NOW)
        assert outbox.next_due(tx) == NOW + MINUTE
    (again,) = _claim(store, at=MINUTE)
    assert again.attempts == 1


def test_letters_that_were_put_off_are_known(store: Store) -> None:
    """Those that were tried and wait count, with the domains they go to; those that never were do not."""
    _put(store, "a", "b")
    with store.writing() as tx:
        assert pace.put_off(tx) is None
    for outgoing in _claim(store, limit=1):
        with store.writing() as tx:
            outbox.record(
                tx, {outgoing.id: Delivery(DeliveryState.QUEUED, NOW + MINUTE, "451", uncertain=False, at=NOW)}
            )
            assert pace.put_off(tx) == pace.PutOff(1, NOW)
