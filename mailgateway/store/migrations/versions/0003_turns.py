"""Whose turn it is in a group; tickets are found by their requester and by their agent."""

import sqlalchemy as sa
from alembic import op

from mailgateway.store.tables.lookup import address_key

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TICKETS = sa.table("tickets", sa.column("number", WHOLE), sa.column("requester_address", sa.Text()),
                   sa.column("requester_key", sa.Text()))
BATCH = 1_000


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("group_name", name="pk_turns"),
    )
    op.add_column("tickets", sa.Column("requester_key", sa.Text(), nullable=True))
    _fill(op.get_bind())
    op.create_index("ix_tickets_requester_key_number", "tickets", ["requester_key", "number"], unique=False)
    op.create_index("ix_tickets_assignee_status", "tickets", ["assignee", "status"], unique=False)


def _fill(connection: sa.Connection) -> None:
    change = sa.update(TICKETS).where(TICKETS.c.number == sa.bindparam("of")).values(requester_key=sa.bindparam("key"))
    last = 0
    while True:
        some = sa.select(TICKETS.c.number, TICKETS.c.requester_address).where(TICKETS.c.number > last)
        rows = connection.execute(some.order_by(TICKETS.c.number).limit(BATCH)).all()
        if not rows:
            return
        connection.execute(change, [{"of": number, "key": address_key(address)} for number, address in rows])
        last = rows[-1][0]
