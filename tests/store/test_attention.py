"""Tickets whose time has come, as the database finds them and gives each to one who looks."""

from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import update

from mailgateway.desk.model import Status
from mailgateway.desk.plan import RecordEvent, RecordFiring, SetAttention, SetStatus, Snooze
from mailgateway.errors import StoreBusy
from mailgateway.store.engine import Store
from mailgateway.store.gather import gather_ticket
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.tickets import attention
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.heads import read_heads
from tests.store.conftest import Opener
from tests.store.examples import MINUTE, NOW, open_ticket, opening, ticket, working


def waiting(store: Store, minutes: int | None) -> int:
    """Open a ticket that is due after so many minutes, or never."""
    at = None if minutes is None else NOW + minutes * MINUTE
    return open_ticket(store, opening(ticket(attend_at=at)))


def test_what_is_due_is_found_in_order_and_in_parts(store: Store) -> None:
    """The longest waiting first, those at the same time by number, and what is not due not at all."""
    waiting(store, None)
    third, first, second = waiting(store, 2), waiting(store, 1), waiting(store, 1)
    waiting(store, 3)
    with store.reading() as tx:
        now = NOW + 2 * MINUTE
        some = attention.due(tx, now, 2)
        assert [number for _, number in some] == [first, second]
        assert attention.due(tx, now, 2, some[-1]) == [(now, third)]


def test_a_ticket_is_taken_while_it_is_due(store: Store) -> None:
    """Who comes later finds it renewed and leaves it."""
    number = waiting(store, 1)
    with store.writing() as tx:
        assert attention.take(tx, number, NOW) is None
        assert attention.take(tx, number, NOW + MINUTE) == NOW + MINUTE
        apply(tx, working(number, SetAttention(NOW + 5 * MINUTE)), None)
        assert attention.take(tx, number, NOW + MINUTE) is None


def test_a_ticket_that_somebody_has_is_left_to_them(postgres_opener: Opener) -> None:
    """Nobody waits for it: there are others."""
    one, other = postgres_opener(), postgres_opener()
    number = waiting(one, 1)
    with one.writing() as tx, other.writing() as beside:
        assert attention.take(tx, number, NOW + MINUTE)
        assert attention.take(beside, number, NOW + MINUTE) is None


def test_a_moment_has_its_effect_once(store: Store) -> None:
    """Whoever comes second with the same moment has lost the race, and the facts tell what fired."""
    number = open_ticket(store)
    with store.writing() as tx:
        apply(tx, working(number, RecordFiring("solve/1")), None)
    with pytest.raises(StoreBusy), store.writing() as tx:
        apply(tx, working(number, RecordFiring("solve/1")), None)
    with store.writing() as tx:
        (found,) = gather_ticket(tx, number, "test", NOW).candidates
    assert found.fired == {"solve/1"}


def test_a_status_has_a_beginning_and_a_snooze_an_end(store: Store) -> None:
    """Both are part of the head, and the snooze is told as an event."""
    number = open_ticket(store)
    until = NOW + timedelta(days=2)
    with store.writing() as tx:
        apply(tx, working(number, SetStatus(Status.NEW, Status.OPEN), Snooze(None, until)), None)
        head = read_heads(tx, [number])[number]
    assert (head.status_since, head.snoozed_until) == (NOW + MINUTE, until)


def test_what_no_person_did_leaves_a_ticket_idle(store: Store) -> None:
    """A quiet plan changes what it says, and not when somebody last did something."""
    number = open_ticket(store)
    with store.writing() as tx:
        for change in (RecordEvent("machine_mail"), SetStatus(Status.NEW, Status.SOLVED)):
            plan = working(number, change)
            apply(tx, type(plan)(plan.at, "clock", plan.disposition, "", number, plan.changes, is_quiet=True), None)
        head = read_heads(tx, [number])[number]
    assert (head.updated_at, head.status) == (NOW, Status.SOLVED)


def test_tickets_of_earlier_revisions_know_since_when_their_status_is_as_it_is(store: Store) -> None:
    """From the last event that set it, or from their opening."""
    moved, fresh = open_ticket(store), open_ticket(store)
    with store.writing() as tx:
        apply(tx, working(moved, SetStatus(Status.NEW, Status.OPEN)), None)
        tx.connection.execute(update(TicketRow).values({TicketRow.status_since: None}))
        import_module("mailgateway.store.migrations.versions.0007_moments")._fill(tx.connection)
        heads = read_heads(tx, [moved, fresh])
    assert (heads[moved].status_since, heads[fresh].status_since) == (NOW + MINUTE, NOW)
