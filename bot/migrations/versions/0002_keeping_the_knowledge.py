"""Drafts and changes of the knowledge, and the questions it could not answer."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_edits()
    _add_gaps()


def _add_edits() -> None:
    """Drafts and history."""


def _add_gaps() -> None:
    """Unanswered questions and what was decided about them."""
