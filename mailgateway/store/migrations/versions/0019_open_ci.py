"""Open tickets by what they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OPEN_CI = sa.text("ci IS NOT NULL AND status NOT IN ('solved', 'closed')")


def upgrade() -> None:
    op.create_index(
        "ix_tickets_open_ci", "tickets", ["ci", "number"], unique=False, sqlite_where=OPEN_CI, postgresql_where=OPEN_CI
    )
