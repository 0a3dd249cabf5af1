"""How long agents worked on tickets, for contracts that are counted in hours."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KNOWN = sa.text("organisation IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "work",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_work_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_work"),
    )
    op.create_index("ix_work_ticket", "work", ["ticket"], unique=False)
    op.create_index(
        "ix_work_organisation_at",
        "work",
        ["organisation", "at"],
        unique=False,
        sqlite_where=KNOWN,
        postgresql_where=KNOWN,
    )
