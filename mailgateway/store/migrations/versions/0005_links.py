"""Tickets are tied to each other: merged, related, incidents of a problem."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("other", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_links_ticket"),
        sa.ForeignKeyConstraint(["other"], ["tickets.number"], name="fk_links_other"),
        sa.PrimaryKeyConstraint("ticket", "kind", "other", name="pk_links"),
    )
    op.create_index("ix_links_other_kind_ticket", "links", ["other", "kind", "ticket"], unique=False)
