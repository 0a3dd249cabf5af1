"""Tickets are offered to the group that they are handed to."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("tickets", sa.Column("offer_giver", sa.Text(), nullable=True))
    op.add_column("tickets", sa.Column("offered_at", INSTANT, nullable=True))
    op.add_column("tickets", sa.Column("accept_by", INSTANT, nullable=True))
