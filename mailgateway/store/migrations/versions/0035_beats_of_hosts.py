"""Each host gives signs of life of its own; those of before are of none that is there."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
_GIVEN = sa.text("SELECT name, good_at, attempt_at, error FROM beats")
_KEEP = sa.text("INSERT INTO beats (name, host, good_at, attempt_at, error) VALUES (:name, '', :good_at, :attempt_at, :error)")


def upgrade() -> None:
    given = [dict(one) for one in op.get_bind().execute(_GIVEN).mappings()]
    op.drop_table("beats")
    op.create_table(
        "beats",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("good_at", INSTANT, nullable=True),
        sa.Column("attempt_at", INSTANT, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "host", name="pk_beats"),
    )
    if given:
        op.get_bind().execute(_KEEP, given)
