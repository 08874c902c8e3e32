"""Retention: whose words are gone, who was erased, how old the audit log may become."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: as in handoff/models.py: entries of less than a year stay, whatever the settings say
_KEEP = "WHEN OLD.at > (CAST(strftime('%s', 'now') AS INTEGER) - 31536000) * 1000"
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
_WORDY = "state = 'closed' AND (expired_at IS NULL OR expired_at <= changed_at)"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("expired_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_conversation_wordy",
        "conversation",
        ["state", "closed_at"],
        unique=False,
        sqlite_where=sa.text(_WORDY),
        postgresql_where=sa.text(_WORDY),
    )
    op.create_index(
        "ix_customer_erased",
        "customer",
        ["erased_at"],
        unique=False,
        sqlite_where=sa.text("erased_at IS NOT NULL"),
        postgresql_where=sa.text("erased_at IS NOT NULL"),
    )
    op.execute("DROP TRIGGER IF EXISTS tr_audit_log_delete")
    op.execute(f"CREATE TRIGGER tr_audit_log_delete BEFORE DELETE ON audit_log {_KEEP} {_REFUSE}")
