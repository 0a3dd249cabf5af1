"""Tickets by what lists are narrowed to, and events by their time."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_status_number", "tickets", ["status", "number"], unique=False)
    op.create_index("ix_tickets_group_name_number", "tickets", ["group_name", "number"], unique=False)
    op.create_index("ix_tickets_updated_at", "tickets", ["updated_at"], unique=False)
    op.create_index("ix_tags_tag_ticket", "tags", ["tag", "ticket"], unique=False)
    op.create_index("ix_events_at_id", "events", ["at", "id"], unique=False)
