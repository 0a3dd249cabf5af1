"""Since when the time left to accept a hand-over goes: by another calendar it ends at another moment."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("accept_since", sa.DateTime(timezone=True), nullable=True))
