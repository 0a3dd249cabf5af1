"""Files that were not kept stay as a name, with the reason."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachments", sa.Column("refused", sa.Text(), server_default="", nullable=False))
