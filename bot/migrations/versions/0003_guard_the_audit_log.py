"""The audit log only grows: the database itself refuses to change or forget an entry."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"


def upgrade() -> None:
    # a crash rolls all of it back; debris of an interrupted copy may still stand in the way
    for name in ("tr_audit_log_update", "tr_audit_log_delete", "tr_audit_log_replace"):
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
    op.execute(f"CREATE TRIGGER tr_audit_log_update BEFORE UPDATE ON audit_log {_REFUSE}")
    op.execute(f"CREATE TRIGGER tr_audit_log_delete BEFORE DELETE ON audit_log {_REFUSE}")
    # INSERT OR REPLACE would delete the old entry without asking the trigger above
    op.execute(
        "CREATE TRIGGER tr_audit_log_replace BEFORE INSERT ON audit_log"
        f" WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id) {_REFUSE}"
    )
