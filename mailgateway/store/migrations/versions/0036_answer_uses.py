"""How often each answer was proposed to agents and inserted by them, counted by index."""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
EVENTS = sa.table("events", sa.column("id", WHOLE), sa.column("ticket", WHOLE), sa.column("at", INSTANT),
                  sa.column("what", sa.Text()), sa.column("detail", sa.JSON()))
USES = sa.table("answer_uses", sa.column("ticket", WHOLE), sa.column("name", sa.Text()), sa.column("use", sa.Text()),
                sa.column("at", INSTANT))
WORDS = ("answers_proposed", "answer_inserted")
PROPOSED = re.compile(r"([\w.@-]+) \(")
BATCH = 10_000


def upgrade() -> None:
    op.create_table(
        "answer_uses",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_answer_uses_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_answer_uses"),
    )
    _fill(op.get_bind())
    op.create_index("ix_answer_uses_ticket", "answer_uses", ["ticket"], unique=False)
    op.create_index("ix_answer_uses_use_at", "answer_uses", ["use", "at"], unique=False)


def _fill(connection: sa.Connection) -> None:
    """Read it out of the events, a part of them at a time."""
    last = connection.execute(sa.select(sa.func.max(EVENTS.c.id))).scalar() or 0
    for first in range(0, last, BATCH):
        some = sa.select(EVENTS.c.ticket, EVENTS.c.at, EVENTS.c.what, EVENTS.c.detail).where(
            EVENTS.c.id > first, EVENTS.c.id <= first + BATCH, EVENTS.c.what.in_(WORDS))
        uses = [use for event in connection.execute(some.order_by(EVENTS.c.id)) for use in _uses(event)]
        if uses:
            connection.execute(sa.insert(USES), uses)


def _uses(event: Any) -> Iterator[dict[str, Any]]:
    row = {"ticket": event.ticket, "at": event.at}
    if event.what == "answer_inserted":
        yield {**row, "use": "inserted", "name": event.detail["name"]}
        return
    # as written down: toner (0.95), vpn (0.40)
    for name in PROPOSED.findall(event.detail["answers"]):
        yield {**row, "use": "proposed", "name": name}
