"""Tickets have fields of the desk's own, which rules set."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("fields", sa.JSON(), nullable=True))
