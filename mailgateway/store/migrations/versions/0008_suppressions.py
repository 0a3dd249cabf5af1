"""Addresses that letters came back from; letters are found by the id that a report names."""

import sqlalchemy as sa
from alembic import op

from mailgateway.store.tables.columns import Instant, Wording

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "suppressions",
        sa.Column("key", Wording(), nullable=False),
        sa.Column("address", Wording(), nullable=False),
        sa.Column("failures", WHOLE, nullable=False),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("reason", Wording(), nullable=False),
        sa.Column("made_by", Wording(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_suppressions"),
    )
    op.create_index("ix_suppressions_until", "suppressions", ["until"], unique=False)
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"], unique=False)
