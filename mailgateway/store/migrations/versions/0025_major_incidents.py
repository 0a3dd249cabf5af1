"""Major incidents: what is known to be down."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "major_incidents",
        sa.Column("problem", number, nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("only_for", sa.Text(), nullable=False),
        sa.Column("news_at", instant),
        sa.Column("ended_at", instant),
        sa.ForeignKeyConstraint(["problem"], ["tickets.number"], name=op.f("fk_major_incidents_problem")),
        sa.PrimaryKeyConstraint("problem", name=op.f("pk_major_incidents")),
    )
    op.create_index(
        "ix_major_incidents_open",
        "major_incidents",
        ["since"],
        unique=False,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
