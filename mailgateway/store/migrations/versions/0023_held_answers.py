"""Answers of agents that are held."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "held_answers",
        sa.Column("article", number, autoincrement=False, nullable=False),
        sa.Column("ticket", number, nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_held_answers_article")),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_held_answers_ticket")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_held_answers")),
    )
    op.create_index(op.f("ix_held_answers_ticket"), "held_answers", ["ticket"])
