"""When tickets were open and first answered is kept with what changed them."""

from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update

from mailgateway.desk.model import Direction, Status
from mailgateway.desk.plan import AddArticle, SetStatus
from mailgateway.store import schema
from mailgateway.store.engine import Store
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.tables.time import SpellRow
from mailgateway.store.tickets.apply import apply
from tests.store.examples import MINUTE, NOW, article, open_ticket, opening, ticket, working

Spell = tuple[int, int, datetime, datetime | None]


def _spells(store: Store) -> list[Spell]:
    with store.reading() as tx:
        wanted = select(SpellRow.ticket, SpellRow.spell, SpellRow.began_at, SpellRow.ended_at)
        return [(*row,) for row in tx.connection.execute(wanted.order_by(SpellRow.ticket, SpellRow.spell))]


def _answered(store: Store) -> list[datetime | None]:
    with store.reading() as tx:
        return list(tx.connection.execute(select(TicketRow.answered_at).order_by(TicketRow.number)).scalars())


def _do(store: Store, number: int, after: timedelta, *changes: Any) -> None:
    plan = working(number, *changes)
    with store.writing() as tx:
        apply(tx, type(plan)(NOW + after, "anna", plan.disposition, "x", number, changes), None)


def _history(store: Store) -> tuple[int, int, int]:
    number = open_ticket(store)
    _do(store, number, MINUTE, SetStatus(Status.NEW, Status.OPEN))
    answer = article(direction=Direction.OUT, message_id=None)
    _do(store, number, 2 * MINUTE, AddArticle(answer), SetStatus(Status.OPEN, Status.SOLVED))
    _do(store, number, 3 * MINUTE, SetStatus(Status.SOLVED, Status.CLOSED))
    _do(store, number, 4 * MINUTE, AddArticle(answer), SetStatus(Status.CLOSED, Status.OPEN))
    return number, open_ticket(store, opening(ticket(status=Status.CLOSED))), open_ticket(store)


def test_a_ticket_is_open_from_its_beginning_until_it_is_done_and_again_when_it_comes_back(store: Store) -> None:
    """Each time it is open is one spell; one that is opened as done was open for no time."""
    number, done, new = _history(store)
    assert _spells(store) == [
        (number, 1, NOW, NOW + 2 * MINUTE),
        (number, 2, NOW + 4 * MINUTE, None),
        (done, 1, NOW, NOW),
        (new, 1, NOW, None),
    ]


def test_the_first_answer_stays_the_first(store: Store) -> None:
    """When somebody was first answered is noted once."""
    _history(store)
    assert _answered(store) == [NOW + 2 * MINUTE, None, None]


def test_tickets_of_earlier_revisions_get_the_same_from_their_events(store: Store) -> None:
    """The migration reads out of the events what is written down today."""
    _history(store)
    spells, answered = _spells(store), _answered(store)
    with store.writing() as tx:
        tx.connection.execute(delete(SpellRow))
        tx.connection.execute(update(TicketRow).values({TicketRow.answered_at: None}))
        name = next(Path(schema.__file__).with_name("migrations").glob("versions/*_spells.py")).stem
        import_module(f"mailgateway.store.migrations.versions.{name}")._fill(tx.connection)
    assert _spells(store) == spells
    assert _answered(store) == answered
