"""Answers as they are searched for, each database in its own way; and answers that were sent, with what came of them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.UniqueConstraint("name", "language", name="uq_answers_name_language"),
    )
    op.create_table(
        "answer_index",
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer_index"),
    )
    op.create_table(
        "sent_answers",
        sa.Column("ticket", WHOLE, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_sent_answers_ticket"),
        sa.PrimaryKeyConstraint("ticket", name="pk_sent_answers"),
    )
    op.create_index("ix_sent_answers_name_outcome", "sent_answers", ["name", "outcome"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE answer_words USING fts5(title, keywords, body, tokenize='unicode61')")
    else:
        op.execute(
            "CREATE TABLE answer_words (answer bigint PRIMARY KEY REFERENCES answers (id) ON DELETE CASCADE, "
            "words tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_answer_words_words ON answer_words USING gin (words)")
