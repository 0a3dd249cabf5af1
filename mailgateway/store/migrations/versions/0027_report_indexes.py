"""Indexes by which a period's answers, ratings and work are found."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ANSWERS = sa.text("direction = 'out' AND kind = 'public'")


def upgrade() -> None:
    op.create_index(
        "ix_articles_answers", "articles", ["at"], unique=False, sqlite_where=ANSWERS, postgresql_where=ANSWERS
    )
    answered = sa.text("answered_at IS NOT NULL")
    op.create_index(
        "ix_tickets_answered_at", "tickets", ["answered_at"], unique=False, sqlite_where=answered,
        postgresql_where=answered,
    )
    op.create_index("ix_spells_open", "spells", ["ended_at", "began_at", "ticket"], unique=False)
    op.drop_index("ix_spells_ended_at", "spells")
    op.create_index("ix_ratings_at", "ratings", ["at"], unique=False)
    op.create_index("ix_work_at", "work", ["at"], unique=False)
