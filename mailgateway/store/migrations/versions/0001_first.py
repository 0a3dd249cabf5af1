"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
UNSETTLED = sa.text("settled_at IS NULL")


def upgrade() -> None:
    """Make every table; the first ticket will be number 10001."""
    op.create_table(
        "alarms",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_alarms"),
    )
    op.create_table(
        "beats",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("good_at", INSTANT, nullable=True),
        sa.Column("attempt_at", INSTANT, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_beats"),
    )
    op.create_table(
        "grants",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_grants"),
    )
    op.create_table(
        "reply_keys",
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reply_keys"),
    )
    op.create_table(
        "tickets",
        sa.Column("number", WHOLE, sa.Identity(always=False, start=10001), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("requester_address", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_tickets"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "events",
        sa.Column("id", WHOLE, sa.Identity(always=False), nullable=False),
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_events_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_ticket_id", "events", ["ticket", "id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", WHOLE, sa.Identity(always=False), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("ticket", WHOLE, nullable=True),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_key", sa.Text(), nullable=False),
        sa.Column("envelope_from", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_outbox_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("dedupe_key", name="uq_outbox_dedupe_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_recipient_key_automatic_created_at",
        "outbox",
        ["recipient_key", "automatic", "created_at"],
        unique=False,
    )
    op.create_index("ix_outbox_ticket", "outbox", ["ticket"], unique=False)
    op.create_index("ix_outbox_state_next_attempt_at_id", "outbox", ["state", "next_attempt_at", "id"], unique=False)
    op.create_table(
        "participants",
        sa.Column("id", WHOLE, sa.Identity(always=False), nullable=False),
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_participants_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_participants"),
        sa.UniqueConstraint("ticket", "key", name="uq_participants_ticket_key"),
    )
    op.create_table(
        "spool",
        sa.Column("id", WHOLE, sa.Identity(always=False), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=True),
        sa.Column("uidvalidity", WHOLE, nullable=True),
        sa.Column("uid", WHOLE, nullable=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("headers_only", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("filed", sa.Boolean(), nullable=True),
        sa.Column("ticket", WHOLE, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_spool_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_spool"),
        sa.UniqueConstraint("mailbox", "folder", "uidvalidity", "uid", name="uq_spool_mailbox_folder_uidvalidity_uid"),
        sa.UniqueConstraint(
            "message_id", "fingerprint", "mailbox", "filed", name="uq_spool_message_id_fingerprint_mailbox_filed"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_spool_ticket", "spool", ["ticket"], unique=False)
    op.create_index("ix_spool_state_id", "spool", ["state", "id"], unique=False)
    op.create_index(
        "ix_spool_unsettled",
        "spool",
        ["mailbox", "folder", "uidvalidity", "uid"],
        unique=False,
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )
    op.create_table(
        "tags",
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_tags_ticket"),
        sa.PrimaryKeyConstraint("ticket", "tag", name="pk_tags"),
    )
    op.create_table(
        "articles",
        sa.Column("id", WHOLE, sa.Identity(always=False), nullable=False),
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("spool_id", WHOLE, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("sender_address", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("full_text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("mail_kind", sa.Text(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["spool_id"], ["spool.id"], name="fk_articles_spool_id"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_articles_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
    )
    op.create_index("ix_articles_spool_id", "articles", ["spool_id"], unique=False)
    op.create_index("ix_articles_ticket_id", "articles", ["ticket", "id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", WHOLE, sa.Identity(always=False), nullable=False),
        sa.Column("article", WHOLE, nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_attachments_article"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
    )
    op.create_index("ix_attachments_article_id", "attachments", ["article", "id"], unique=False)
    op.create_table(
        "message_ids",
        sa.Column("id", WHOLE, sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("ticket", WHOLE, nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_message_ids_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_message_ids"),
        sa.UniqueConstraint("key", "ticket", name="uq_message_ids_key_ticket"),
    )
    op.create_index("ix_message_ids_ticket_id", "message_ids", ["ticket", "id"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('tickets', 10000)")
