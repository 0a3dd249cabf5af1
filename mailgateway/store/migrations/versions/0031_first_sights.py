"""What lay in a folder at its first sight is known; old mail is filed in silence; an import goes on where it stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "first_sights",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", WHOLE, autoincrement=False, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("uid_next", WHOLE, nullable=False),
        sa.Column("served_from", INSTANT, nullable=True),
        sa.Column("filed_from", INSTANT, nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "folder", "uidvalidity", name=op.f("pk_first_sights")),
    )
    op.create_table(
        "imports",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("offset", WHOLE, nullable=False),
        sa.Column("tail", sa.Text(), nullable=False),
        sa.Column("mails", WHOLE, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "head", name=op.f("pk_imports")),
    )
    op.add_column("spool", sa.Column("backfill", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("tickets", sa.Column("dormant", sa.Boolean(), server_default=sa.false(), nullable=False))
