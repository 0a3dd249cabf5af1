"""What happens to tickets by itself: when next, since when their status is as it is, and what has happened already."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DUE = sa.text("attend_at IS NOT NULL")


def upgrade() -> None:
    for name in ("status_since", "snoozed_until", "attend_at"):
        op.add_column("tickets", sa.Column(name, INSTANT, nullable=True))
    _fill(op.get_bind())
    op.create_index(
        "ix_tickets_attend_at_number",
        "tickets",
        ["attend_at", "number"],
        unique=False,
        sqlite_where=DUE,
        postgresql_where=DUE,
    )
    op.create_table(
        "firings",
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_firings_ticket"),
        sa.PrimaryKeyConstraint("ticket", "name", name="pk_firings"),
    )
    op.create_table(
        "renewals",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("reached", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_renewals"),
    )


def _fill(connection: sa.Connection) -> None:
    """Take the last event that set the status, or else the opening."""
    connection.execute(
        sa.text(
            "UPDATE tickets SET status_since = coalesce((SELECT max(events.at) FROM events"
            " WHERE events.ticket = tickets.number AND events.what = 'status'), tickets.created_at)"
            " WHERE status_since IS NULL"
        )
    )
