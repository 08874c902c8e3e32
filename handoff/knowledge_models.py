"""Tables of the knowledge page: drafts, published changes, and the texts known last."""

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.models import instant


class KnowledgeDraft(SQLModel, table=True):
    """An unpublished change of one entry, shared by all admins."""

    __tablename__ = "knowledge_draft"
    __table_args__ = (
        UniqueConstraint("entry_id", name="uq_knowledge_draft_entry"),
        CheckConstraint("kind IN ('new','edit','delete')", name="ck_knowledge_draft_kind"),
        CheckConstraint("version > 0", name="ck_knowledge_draft_version"),
    )
    id: int | None = Field(default=None, primary_key=True)
    entry_id: str
    kind: str
    #: relative to the knowledge folder
    file: str
    #: the entry's YAML as it was published when the draft began; empty for a new one
    base_text: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    #: who saved it last
    author_id: int = Field(foreign_key="agent.id")
    #: counts savings: who saves says which one was seen
    version: int
    note: str = Field(sa_type=Text)
    updated_at: int = instant(null=False)


class KnowledgeChange(SQLModel, table=True):
    """One change of one entry; kept for ever, so that it can be taken back."""

    __tablename__ = "knowledge_change"
    __table_args__ = (
        Index("ix_knowledge_change_entry", "entry_id", "id"),
        CheckConstraint(
            "kind IN ('new','edit','delete','rollback','outside')",
            name="ck_knowledge_change_kind",
        ),
        CheckConstraint("state IN ('writing','done')", name="ck_knowledge_change_state"),
    )
    id: int | None = Field(default=None, primary_key=True)
    at: int = instant(null=False)
    #: None: made outside and noticed by the server
    agent_id: int | None
    entry_id: str
    file: str
    kind: str
    #: writing: announced before the file is written; a crash in between is cleared up by `notice`
    state: str
    before_text: str = Field(sa_type=Text)
    after_text: str = Field(sa_type=Text)
    #: entry that stood before it in the file, to put a deleted one back
    after_id: str
    reason: str = Field(sa_type=Text)
    version_before: str
    version_after: str
    git_commit: str
    undoes_id: int | None


class KnowledgeKnown(SQLModel, table=True):
    """Each entry's text as it was known last: what differs was changed outside."""

    __tablename__ = "knowledge_known"
    __table_args__ = (UniqueConstraint("entry_id", name="uq_knowledge_known_entry"),)
    id: int | None = Field(default=None, primary_key=True)
    entry_id: str
    file: str
    text: str = Field(sa_type=Text)
    after_id: str
    seen_at: int = instant(null=False)
