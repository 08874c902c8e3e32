"""Indexes of the ledger: what came in and what was made to be sent, by time."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SAID = "sender = 'customer'"
_CANCELLED = "state = 'cancelled'"


def upgrade() -> None:
    op.create_index(
        "ix_message_said",
        "message",
        ["sent_at", "conversation_id", "seq", "customer_id"],
        unique=False,
        sqlite_where=sa.text(_SAID),
        postgresql_where=sa.text(_SAID),
    )
    op.create_index(
        "ix_inbox_received", "inbox", ["received_at", "kind", "state", "error"], unique=False
    )
    op.create_index("ix_outbox_created", "outbox", ["created_at"], unique=False)
    op.create_index(
        "ix_outbox_cancelled",
        "outbox",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text(_CANCELLED),
        postgresql_where=sa.text(_CANCELLED),
    )
