"""Ratings, and who wants no status mails."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "ratings",
        sa.Column("ticket", number, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_ratings_ticket")),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_ratings")),
    )
    op.create_table(
        "unsubscriptions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ticket", number, autoincrement=False, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.PrimaryKeyConstraint("key", "ticket", name=op.f("pk_unsubscriptions")),
    )
