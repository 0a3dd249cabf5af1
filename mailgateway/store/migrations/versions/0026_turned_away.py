"""Mails that were refused, and answers that are held, are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TURNED_AWAY = sa.text("disposition IN ('refused', 'held')")


def upgrade() -> None:
    op.create_index(
        "ix_spool_turned_away", "spool", ["id"], unique=False, sqlite_where=TURNED_AWAY, postgresql_where=TURNED_AWAY
    )
