"""Digests of the quarantine, and who decided about what is in it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("spool", sa.Column("as_is", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("spool", sa.Column("decided_by", sa.Text(), nullable=False, server_default=""))
    op.add_column("spool", sa.Column("asked_by", number, nullable=False, server_default="0"))
    op.create_table(
        "digests",
        sa.Column("id", number, sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "digest_entries",
        sa.Column("digest", number, nullable=False),
        sa.Column("spool_id", number, nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["digests.id"], name=op.f("fk_digest_entries_digest")),
        sa.ForeignKeyConstraint(["spool_id"], ["spool.id"], name=op.f("fk_digest_entries_spool_id")),
        sa.PrimaryKeyConstraint("digest", "spool_id", name=op.f("pk_digest_entries")),
    )
    op.create_index(op.f("ix_digest_entries_spool_id"), "digest_entries", ["spool_id"], unique=False)
