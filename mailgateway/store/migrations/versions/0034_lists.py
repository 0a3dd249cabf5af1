"""The indexes by which tickets that are offered, put aside or watched are listed."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, column in (("ix_tickets_offered", "offered_at"), ("ix_tickets_snoozed", "snoozed_until")):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            name, "tickets", [column, "number"], unique=False, sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_watchers_agent", "watchers", ["agent", "ticket"], unique=False)
