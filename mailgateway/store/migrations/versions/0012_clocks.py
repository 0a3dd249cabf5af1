"""Clocks count towards the targets of a ticket's service level; a policy can be chosen for a ticket by name."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
WAITING = sa.text("met_at IS NULL AND ended_at IS NULL AND due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("service_level", sa.Text(), nullable=True))
    op.create_table(
        "clocks",
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("cycle", WHOLE, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("length", WHOLE, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("counted", WHOLE, nullable=False),
        sa.Column("running_since", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("met_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_clocks_ticket"),
        sa.PrimaryKeyConstraint("ticket", "target", "cycle", name="pk_clocks"),
    )
    op.create_index(
        "ix_clocks_due_at", "clocks", ["due_at"], unique=False, sqlite_where=WAITING, postgresql_where=WAITING
    )
