"""Ids that mails of a ticket mention lead to it too."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message_ids", sa.Column("mentioned", sa.Boolean(), server_default=sa.false(), nullable=False))
