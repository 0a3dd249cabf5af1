"""The record of erasures, blobs that may go, and by which index it is known that nothing names them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "loose_blobs",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("removed_at", instant),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_loose_blobs")),
    )
    op.create_index("ix_loose_blobs_removed_at_sha256", "loose_blobs", ["removed_at", "sha256"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("id", number, sa.Identity(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("begun_at", instant, nullable=False),
        sa.Column("ended_at", instant),
        sa.Column("keys", sa.JSON()),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sqlite_autoincrement=True,
    )
    large = sa.text("sha256 IS NOT NULL")
    op.create_index("ix_outbox_sha256", "outbox", ["sha256"], unique=False, sqlite_where=large, postgresql_where=large)
    op.create_index("ix_attachments_sha256", "attachments", ["sha256"], unique=False)
