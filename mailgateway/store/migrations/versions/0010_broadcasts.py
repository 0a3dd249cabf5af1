"""News of a problem is told to its incidents, in turn."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", WHOLE, sa.Identity(always=False), nullable=False),
        sa.Column("problem", WHOLE, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("article", WHOLE, nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("after", WHOLE, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["problem"], ["tickets.number"], name="fk_broadcasts_problem"),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_broadcasts_article"),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
    )
    op.create_index("ix_broadcasts_problem", "broadcasts", ["problem"], unique=False)
    op.create_index("ix_broadcasts_article", "broadcasts", ["article"], unique=False)
    op.create_index("ix_broadcasts_open", "broadcasts", ["id"], sqlite_where=OPEN, postgresql_where=OPEN)
