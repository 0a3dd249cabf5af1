"""When tickets were open and first answered, for reports; indexes by which a period is found."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TICKETS = sa.table("tickets", sa.column("number", WHOLE), sa.column("status", sa.Text()),
                   sa.column("created_at", INSTANT), sa.column("updated_at", INSTANT),
                   sa.column("status_since", INSTANT), sa.column("answered_at", INSTANT))
EVENTS = sa.table("events", sa.column("id", WHOLE), sa.column("ticket", WHOLE), sa.column("at", INSTANT),
                  sa.column("what", sa.Text()), sa.column("detail", sa.JSON()))
SPELLS = sa.table("spells", sa.column("ticket", WHOLE), sa.column("spell", WHOLE),
                  sa.column("began_at", INSTANT), sa.column("ended_at", INSTANT))
DONE = ("solved", "closed")
BATCH = 1_000


def upgrade() -> None:
    op.create_table(
        "spells",
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("spell", WHOLE, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_spells_ticket"),
        sa.PrimaryKeyConstraint("ticket", "spell", name="pk_spells"),
    )
    op.add_column("tickets", sa.Column("answered_at", INSTANT, nullable=True))
    _fill(op.get_bind())
    op.create_index("ix_spells_began_at", "spells", ["began_at"], unique=False)
    op.create_index("ix_spells_ended_at", "spells", ["ended_at"], unique=False)
    op.create_index("ix_tickets_created_at", "tickets", ["created_at"], unique=False)
    _create_partial("ix_events_came_back", "events", "ticket", "what IN ('undelivered', 'delivery_failed')")
    _create_partial("ix_clocks_promised", "clocks", "due_at", "ended_at IS NULL AND due_at IS NOT NULL")
    _create_partial("ix_clocks_met_at", "clocks", "met_at", "met_at IS NOT NULL")


def _create_partial(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], unique=False, sqlite_where=where, postgresql_where=where)


def _fill(connection: sa.Connection) -> None:
    last = 0
    while True:
        some = sa.select(TICKETS.c.number, TICKETS.c.created_at, TICKETS.c.status, TICKETS.c.status_since,
                         TICKETS.c.updated_at).where(TICKETS.c.number > last).order_by(TICKETS.c.number).limit(BATCH)
        tickets = connection.execute(some).all()
        if not tickets:
            return
        _fill_some(connection, tickets)
        last = tickets[-1].number


def _fill_some(connection: sa.Connection, tickets: Sequence[Any]) -> None:
    first, last = tickets[0].number, tickets[-1].number
    told = sa.select(EVENTS.c.ticket, EVENTS.c.at, EVENTS.c.what, EVENTS.c.detail).where(
        EVENTS.c.ticket.between(first, last), EVENTS.c.what.in_(("opened", "status", "article")))
    happened: dict[int, list[Any]] = {ticket.number: [] for ticket in tickets}
    for event in connection.execute(told.order_by(EVENTS.c.ticket, EVENTS.c.id)):
        happened[event.ticket].append(event)
    spells, answered = [], []
    for ticket in tickets:
        spells += _spells(ticket, happened[ticket.number])
        answers = [event.at for event in happened[ticket.number] if _is_answer(event)]
        if answers:
            answered.append({"of": ticket.number, "at": answers[0]})
    connection.execute(sa.insert(SPELLS), spells)
    if answered:
        change = sa.update(TICKETS).where(TICKETS.c.number == sa.bindparam("of"))
        connection.execute(change.values(answered_at=sa.bindparam("at")), answered)


def _is_answer(event: Any) -> bool:
    return event.what == "article" and (event.detail.get("kind"), event.detail.get("direction")) == ("public", "out")


def _spells(ticket: Any, events: list[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"ticket": ticket.number, "spell": 1, "began_at": ticket.created_at, "ended_at": None}]
    for event in events:
        if event.what == "opened" and event.detail.get("status") in DONE:
            found[-1]["ended_at"] = ticket.created_at
        if event.what != "status":
            continue
        is_done, is_open = event.detail.get("after") in DONE, found[-1]["ended_at"] is None
        if is_done and is_open:
            found[-1]["ended_at"] = event.at
        elif not is_done and not is_open:
            found.append({"ticket": ticket.number, "spell": len(found) + 1, "began_at": event.at, "ended_at": None})
    if ticket.status in DONE and found[-1]["ended_at"] is None:
        # its events do not tell; what the head says goes before
        found[-1]["ended_at"] = ticket.status_since or ticket.updated_at
    return found
