"""How far what is too old was removed, and the indexes by which it is found."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_tickets_closed", "tickets", ["status_since", "number"], "status = 'closed'"),
    ("ix_spool_bare", "spool", ["ended_at", "id"], "ticket IS NULL AND state = 'finished' AND sha256 <> ''"),
    (
        "ix_outbox_bare",
        "outbox",
        ["ended_at", "id"],
        "ticket IS NULL AND ended_at IS NOT NULL AND (content IS NOT NULL OR sha256 IS NOT NULL)",
    ),
)


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "retention",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("closed_at", instant),
        sa.Column("ticket", number, nullable=False),
        sa.Column("round_at", instant, nullable=False),
        sa.Column("done_at", instant),
        sa.Column("removed", number, nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention")),
    )
    for name, table, columns, condition in INDEXES:
        where = sa.text(condition)
        op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)
