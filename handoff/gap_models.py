"""Tables of the questions that the knowledge could not answer, and of what became of them."""

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.models import instant


class Gap(SQLModel, table=True):
    """Questions that ask for the same, and what an admin decided about them."""

    __table_args__ = (
        CheckConstraint("state IN ('open','entry','variant','out')", name="ck_gap_state"),
        CheckConstraint("state = 'open' OR decided_at IS NOT NULL", name="ck_gap_decided"),
        CheckConstraint("state <> 'variant' OR entry_id IS NOT NULL", name="ck_gap_entry"),
        CheckConstraint("length(reason) <= 500", name="ck_gap_reason"),
    )
    id: int | None = Field(default=None, primary_key=True)
    #: open; entry: one is being written; variant: belongs to an entry; out: out of scope
    state: str = Field(default="open")
    entry_id: str | None
    #: why it is out of scope, an admin's words
    reason: str = Field(default="", sa_type=Text)
    decided_by: int | None = Field(default=None, foreign_key="agent.id")
    decided_at: int | None = instant()
    #: since when the knowledge that is served has what was decided
    served_at: int | None = instant()
    #: they kept coming all the same
    reopened_at: int | None = instant()
    created_at: int = instant(null=False)


class GapQuestion(SQLModel, table=True):
    """One question and how the bot failed it, or which entry its customer picked for it.

    It outlives its conversation: no foreign keys lead there.
    """

    __tablename__ = "gap_question"
    __table_args__ = (
        UniqueConstraint("key", name="uq_gap_question_key"),
        Index("ix_gap_question_gap", "gap_id"),
        Index("ix_gap_question_reference", "reference"),
        Index("ix_gap_question_conversation", "conversation_id"),
        Index(
            "ix_gap_question_handled",
            "conversation_id",
            sqlite_where=text("handed = 1 AND handling_ms IS NULL"),
            postgresql_where=text("handed = 1 AND handling_ms IS NULL"),
        ),
        CheckConstraint(
            "why IN ('unanswered','rejected','escalated','chosen')", name="ck_gap_question_why"
        ),
        CheckConstraint("why <> 'chosen' OR entry_id IS NOT NULL", name="ck_gap_question_entry"),
        CheckConstraint("state IN ('open','added','dismissed')", name="ck_gap_question_state"),
        CheckConstraint("length(text) BETWEEN 1 AND 500", name="ck_gap_question_text"),
    )
    id: int | None = Field(default=None, primary_key=True)
    #: reference and seq: the same question is recorded once
    key: str
    #: None: a pick, which needs no group
    gap_id: int | None = Field(default=None, foreign_key="gap.id")
    conversation_id: int
    customer_id: int
    #: the first and the last message of the question
    message_id: int
    last_message_id: int
    reference: str
    channel: str
    lang: str
    #: masked
    text: str = Field(sa_type=Text)
    why: str
    #: the entry that was picked
    entry_id: str | None
    #: entries that the bot thought of, with confidence (JSON)
    considered: str = Field(default="[]", sa_type=Text)
    asked_at: int = instant(null=False)
    #: 1: a person was needed
    handed: int = Field(default=0)
    #: business time that people had the conversation
    handling_ms: int | None = instant()
    #: of a pick: open, added as a variant, dismissed
    state: str = Field(default="open")
    decided_by: int | None = Field(default=None, foreign_key="agent.id")
    decided_at: int | None = instant()


class GapCursor(SQLModel, table=True):
    """How far the messages have been read for questions; one row."""

    __tablename__ = "gap_cursor"
    id: int | None = Field(default=None, primary_key=True)
    message_id: int
    #: tells whether the message with this id is still the same: ids may begin anew
    sent_at: int = instant(null=False)
