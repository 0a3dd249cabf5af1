"""Letters that wait to be gathered, and what customers are not told of a ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("known", sa.Text()))
    op.add_column("tickets", sa.Column("silent", sa.JSON()))
