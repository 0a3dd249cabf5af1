"""Letters have an urgency, and a domain that they go to."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NEWS = 1
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("urgency", WHOLE, server_default=str(NEWS), nullable=False))
    op.add_column("outbox", sa.Column("domain", sa.Text(), server_default="", nullable=False))
    at = "instr(recipient, '@')" if op.get_bind().dialect.name == "sqlite" else "position('@' in recipient)"
    op.execute(f"UPDATE outbox SET domain = lower(substr(recipient, {at} + 1)) WHERE state = 'queued'")
    op.create_index("ix_outbox_state_urgency_next_attempt_at_id", "outbox", ["state", "urgency", "next_attempt_at", "id"])
    op.create_index("ix_outbox_domain_ended_at", "outbox", ["domain", "ended_at"])
