"""Drafts and changes of the knowledge, and the questions it could not answer."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_edits()
    _add_gaps()


def _add_edits() -> None:
    """Drafts and history."""
    op.create_table(
        "knowledge_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("before_text", sa.Text(), nullable=False),
        sa.Column("after_text", sa.Text(), nullable=False),
        sa.Column("after_id", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version_before", sa.String(), nullable=False),
        sa.Column("version_after", sa.String(), nullable=False),
        sa.Column("git_commit", sa.String(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('new','edit','delete','rollback','outside')",
            name="ck_knowledge_change_kind",
        ),
        sa.CheckConstraint("state IN ('writing','done')", name="ck_knowledge_change_state"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("knowledge_change", schema=None) as batch_op:
        batch_op.create_index("ix_knowledge_change_entry", ["entry_id", "id"], unique=False)

    op.create_table(
        "knowledge_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("base_text", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('new','edit','delete')", name="ck_knowledge_draft_kind"),
        sa.CheckConstraint("version > 0", name="ck_knowledge_draft_version"),
        sa.ForeignKeyConstraint(["author_id"], ["agent.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id", name="uq_knowledge_draft_entry"),
    )
    op.create_table(
        "knowledge_known",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("after_id", sa.String(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id", name="uq_knowledge_known_entry"),
    )


def _add_gaps() -> None:
    """Unanswered questions and what was decided about them."""
    op.create_table(
        "gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("served_at", sa.BigInteger(), nullable=True),
        sa.Column("reopened_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('open','entry','variant','out')", name="ck_gap_state"),
        sa.CheckConstraint("state = 'open' OR decided_at IS NOT NULL", name="ck_gap_decided"),
        sa.CheckConstraint("state <> 'variant' OR entry_id IS NOT NULL", name="ck_gap_entry"),
        sa.CheckConstraint("length(reason) <= 500", name="ck_gap_reason"),
        sa.ForeignKeyConstraint(["decided_by"], ["agent.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "gap_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=True),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("last_message_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=True),
        sa.Column("considered", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("handed", sa.Integer(), nullable=False),
        sa.Column("handling_ms", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "why IN ('unanswered','rejected','escalated','chosen')", name="ck_gap_question_why"
        ),
        sa.CheckConstraint(
            "why <> 'chosen' OR entry_id IS NOT NULL", name="ck_gap_question_entry"
        ),
        sa.CheckConstraint("state IN ('open','added','dismissed')", name="ck_gap_question_state"),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 500", name="ck_gap_question_text"),
        sa.ForeignKeyConstraint(["gap_id"], ["gap.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["agent.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="uq_gap_question_key"),
    )
    with op.batch_alter_table("gap_question", schema=None) as batch_op:
        batch_op.create_index("ix_gap_question_conversation", ["conversation_id"], unique=False)
        batch_op.create_index("ix_gap_question_gap", ["gap_id"], unique=False)
        batch_op.create_index(
            "ix_gap_question_handled",
            ["conversation_id"],
            unique=False,
            sqlite_where=sa.text("handed = 1 AND handling_ms IS NULL"),
            postgresql_where=sa.text("handed = 1 AND handling_ms IS NULL"),
        )
        batch_op.create_index("ix_gap_question_reference", ["reference"], unique=False)
    op.create_table(
        "gap_cursor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
