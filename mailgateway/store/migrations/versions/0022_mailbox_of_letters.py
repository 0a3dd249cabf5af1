"""Letters know the mailbox that they are sent from, and the language that they are written in."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("mailbox", sa.Text(), server_default="", nullable=False))
    op.add_column("outbox", sa.Column("language", sa.Text(), server_default="", nullable=False))
