"""Tables of the talk. All times are milliseconds since the epoch, UTC; JSON stands in text.

The classes define tables for migrations; queries are plain SQL in the storage modules.
"""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel


def instant(*, null: bool = True) -> Any:
    """A column for ms since the epoch."""
    return Field(default=None, sa_type=BigInteger, nullable=null)


class Customer(SQLModel, table=True):
    """Somebody who writes through one channel. The raw outside id stands here and nowhere else."""

    __table_args__ = (
        UniqueConstraint("channel", "external_hash", name="uq_customer_channel"),
        Index(
            "ix_customer_erased",
            "erased_at",
            sqlite_where=text("erased_at IS NOT NULL"),
            postgresql_where=text("erased_at IS NOT NULL"),
        ),
        CheckConstraint("last_seq >= 0", name="ck_customer_seq"),
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    #: sha256 of channel and external id: the key that outlives an erase
    external_hash: str
    external_id: str | None
    name: str | None
    picture: str | None
    lang: str
    #: 0 after an unfollow: sends are accepted by LINE and never arrive
    reachable: int = Field(default=1)
    #: seq of the newest message of this customer, over all conversations
    last_seq: int = Field(default=0)
    #: answers given in forms, by field: never asked again
    known: str = Field(default="{}", sa_type=Text)
    #: when and which privacy notice was shown
    notice_at: int | None = instant()
    notice_version: str | None
    profile_at: int | None = instant()
    created_at: int = instant(null=False)
    seen_at: int = instant(null=False)
    erased_at: int | None = instant()


class Conversation(SQLModel, table=True):
    """One matter from first message to close."""

    __table_args__ = (
        UniqueConstraint("reference", name="uq_conversation_reference"),
        Index(
            "uq_conversation_open",
            "customer_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
        Index("ix_conversation_due", "due_at"),
        Index("ix_conversation_state", "state", "waiting_since"),
        Index("ix_conversation_agent", "agent_id", "state"),
        Index("ix_conversation_closed", "closed_at"),
        Index("ix_conversation_customer", "customer_id"),
        Index(
            "ix_conversation_wordy",
            # the state first: else SQLite prefers the index of all states
            "state",
            "closed_at",
            sqlite_where=text(
                "state = 'closed' AND (expired_at IS NULL OR expired_at <= changed_at)"
            ),
            postgresql_where=text(
                "state = 'closed' AND (expired_at IS NULL OR expired_at <= changed_at)"
            ),
        ),
        Index(
            "ix_conversation_unread",
            "id",
            sqlite_where=text("read_token IS NOT NULL"),
            postgresql_where=text("read_token IS NOT NULL"),
        ),
        CheckConstraint(
            "state IN ('bot','waiting','assigned','resolved','closed')",
            name="ck_conversation_state",
        ),
        CheckConstraint(
            "(state = 'assigned') = (agent_id IS NOT NULL)", name="ck_conversation_owner"
        ),
        CheckConstraint(
            "state IN ('assigned','closed') OR due_at IS NOT NULL", name="ck_conversation_due"
        ),
        CheckConstraint(
            "state <> 'waiting' OR waiting_since IS NOT NULL", name="ck_conversation_waiting"
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    reference: str
    customer_id: int = Field(foreign_key="customer.id")
    channel: str
    state: str
    lang: str
    #: where the dialogue stands, see `bot.conversation.Talk`
    talk: str = Field(default="{}", sa_type=Text)
    #: agent who has it now
    agent_id: int | None
    #: team it waits for or is handled by
    team: str | None
    #: 1: a complaint, goes to the front
    urgent: int = Field(default=0)
    #: why it went to people, see `bot.conversation.Cause`
    cause: str | None
    #: what the customer chose while waiting: queue, callback, message
    wait_mode: str | None
    #: pre-handoff form answers by field
    form: str = Field(default="{}", sa_type=Text)
    #: counts handlings: a resolve ends one
    round: int = Field(default=1)
    #: entry answered last
    entry_id: str | None
    last_seq: int = Field(default=0)
    #: seq of the newest message by the customer
    customer_seq: int = Field(default=0)
    #: seq of the newest message by an agent
    agent_seq: int = Field(default=0)
    opened_at: int = instant(null=False)
    changed_at: int = instant(null=False)
    customer_at: int | None = instant()
    waiting_since: int | None = instant()
    claimed_at: int | None = instant()
    first_response_at: int | None = instant()
    resolved_at: int | None = instant()
    closed_at: int | None = instant()
    closed_how: str | None
    #: when the timer does something about it: an open conversation is never forgotten
    due_at: int | None = instant()
    #: 1: on the supervisors' list (a low score)
    review: int = Field(default=0)
    previous_id: int | None
    #: free token of the newest message to its agent, and when it reached us
    reply_token: str | None
    token_at: int | None = instant()
    #: tells the platform that the customer's messages were read
    read_token: str | None
    #: when its words were removed because they had become old
    expired_at: int | None = instant()


class Inbox(SQLModel, table=True):
    """Each event once: the key that makes a repeated delivery change nothing."""

    __table_args__ = (
        UniqueConstraint("channel", "event_key", name="uq_inbox_event"),
        Index(
            "ix_inbox_state",
            "state",
            sqlite_where=text("state = 'parked'"),
            postgresql_where=text("state = 'parked'"),
        ),
        Index(
            "ix_inbox_unsend",
            "content",
            sqlite_where=text("kind = 'unsend'"),
            postgresql_where=text("kind = 'unsend'"),
        ),
        Index("ix_inbox_received", "received_at", "kind", "state", "error"),
        CheckConstraint("length(event_key) BETWEEN 1 AND 100", name="ck_inbox_key"),
        CheckConstraint("state IN ('done','kept','parked')", name="ck_inbox_state"),
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    event_key: str
    kind: str
    #: done; kept: recorded, nothing to answer; parked: raised, waits for an admin
    state: str
    error: str | None
    #: the event as we understood it, masked; only where it is parked or kept
    content: str | None = Field(default=None, sa_type=Text)
    customer_id: int | None
    attempts: int = Field(default=0)
    received_at: int = instant(null=False)
    occurred_at: int = instant(null=False)


class Message(SQLModel, table=True):
    """One thing said. `seq` counts 1..n without gap for each customer."""

    __table_args__ = (
        UniqueConstraint("customer_id", "seq", name="uq_message_seq"),
        UniqueConstraint("conversation_id", "sender", "source_key", name="uq_message_source"),
        Index(
            "uq_message_bot_turn",
            "cause_id",
            "turn_index",
            unique=True,
            sqlite_where=text("sender = 'bot'"),
            postgresql_where=text("sender = 'bot'"),
        ),
        Index("ix_message_conversation", "conversation_id", "seq"),
        Index(
            "ix_message_said",
            "sent_at",
            "conversation_id",
            "seq",
            "customer_id",
            sqlite_where=text("sender = 'customer'"),
            postgresql_where=text("sender = 'customer'"),
        ),
        CheckConstraint("seq > 0", name="ck_message_seq"),
        CheckConstraint("sender IN ('customer','bot','agent','system')", name="ck_message_sender"),
        CheckConstraint("text IS NULL OR length(text) <= 20000", name="ck_message_text"),
        CheckConstraint("erased_at IS NULL OR text IS NULL", name="ck_message_erased"),
        CheckConstraint("sender <> 'agent' OR agent_id IS NOT NULL", name="ck_message_agent"),
    )
    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id")
    customer_id: int = Field(foreign_key="customer.id")
    seq: int
    sender: str
    #: LINE message id, client_id, or 'bot:' and its cause: repeated keys are refused
    source_key: str
    kind: str
    #: None once erased or unsent
    text: str | None = Field(default=None, sa_type=Text)
    #: buttons, quick replies, attachment, place, sticker (JSON)
    body: str | None = Field(default=None, sa_type=Text)
    agent_id: int | None
    #: bot answers: entry, confidence 0-100, knowledge version, and the decision's why (JSON)
    entry_id: str | None
    confidence: float | None
    knowledge_version: str | None
    decision: str | None = Field(default=None, sa_type=Text)
    #: customer's message that this bot message answers, and its place in the turn
    cause_id: int | None
    turn_index: int | None
    sent_at: int = instant(null=False)
    #: by the channel's clock; orders what arrived late
    occurred_at: int = instant(null=False)
    erased_at: int | None = instant()
    #: unsent by the customer, erased by an agent
    erased_how: str | None


class Outbox(SQLModel, table=True):
    """One request to a channel's platform, with its retry key made before the first try."""

    __table_args__ = (
        UniqueConstraint("cause_key", "part_no", name="uq_outbox_cause"),
        UniqueConstraint("retry_key", name="uq_outbox_retry"),
        Index(
            "uq_outbox_sending",
            "customer_id",
            unique=True,
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index(
            "ix_outbox_owed",
            "next_at",
            "id",
            sqlite_where=text("state IN ('pending','sending')"),
            postgresql_where=text("state IN ('pending','sending')"),
        ),
        Index("ix_outbox_customer", "customer_id", "id"),
        Index("ix_outbox_conversation", "conversation_id"),
        Index("ix_outbox_created", "created_at"),
        Index(
            "ix_outbox_cancelled",
            "created_at",
            sqlite_where=text("state = 'cancelled'"),
            postgresql_where=text("state = 'cancelled'"),
        ),
        Index(
            "ix_outbox_trouble",
            "state",
            sqlite_where=text("state IN ('failed','in_doubt','blocked_quota')"),
            postgresql_where=text("state IN ('failed','in_doubt','blocked_quota')"),
        ),
        CheckConstraint(
            "state IN ('pending','sending','sent','failed','in_doubt',"
            "'blocked_quota','cancelled')",
            name="ck_outbox_state",
        ),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="ck_outbox_sent"),
        CheckConstraint("state <> 'sending' OR lease_until IS NOT NULL", name="ck_outbox_lease"),
        CheckConstraint("attempts >= 0", name="ck_outbox_attempts"),
        CheckConstraint("sender IN ('bot','agent','system')", name="ck_outbox_sender"),
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    customer_id: int = Field(foreign_key="customer.id")
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id")
    #: what this answers ('m:17', 'a:<client id>' …); with part_no unique
    cause_key: str
    part_no: int = Field(default=0)
    retry_key: str
    sender: str
    #: bubbles and sender's name, channel-neutral (JSON)
    body: str = Field(sa_type=Text)
    #: first and last seq of the messages in it
    first_seq: int
    last_seq: int
    state: str
    #: a reply token not yet used, and when it reached us
    reply_token: str | None
    token_at: int | None = instant()
    #: 1: the reply was tried and we cannot tell whether it arrived
    reply_doubt: int = Field(default=0)
    attempts: int = Field(default=0)
    next_at: int = instant(null=False)
    first_attempt_at: int | None = instant()
    lease_until: int | None = instant()
    sent_at: int | None = instant()
    #: 'reply' or 'push' once sent
    route: str | None
    error: str | None
    request_id: str | None
    created_at: int = instant(null=False)


class Attachment(SQLModel, table=True):
    """A file that came with a message; its bytes lie in the data folder under a random name."""

    __table_args__ = (
        UniqueConstraint("key", name="uq_attachment_key"),
        Index("ix_attachment_message", "message_id"),
        Index(
            "ix_attachment_owed",
            "next_at",
            sqlite_where=text("state = 'owed'"),
            postgresql_where=text("state = 'owed'"),
        ),
        Index(
            "ix_attachment_erased",
            "next_at",
            sqlite_where=text("state = 'erased'"),
            postgresql_where=text("state = 'erased'"),
        ),
        CheckConstraint(
            "state IN ('owed','kept','gone','too_large','failed','erased')",
            name="ck_attachment_state",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    #: 128-bit random name, in addresses and as the file's name
    key: str
    customer_id: int = Field(foreign_key="customer.id")
    message_id: int | None = Field(default=None, foreign_key="message.id")
    #: LINE message id, None for uploads
    source: str | None
    state: str
    name: str
    content_type: str
    size: int = Field(default=0)
    attempts: int = Field(default=0)
    next_at: int | None = instant()
    created_at: int = instant(null=False)


class Survey(SQLModel, table=True):
    """How a handling went; asked once per handling."""

    __table_args__ = (
        UniqueConstraint("conversation_id", "round", name="uq_survey_round"),
        Index("ix_survey_asked", "asked_at"),
        CheckConstraint("score IS NULL OR score BETWEEN 1 AND 5", name="ck_survey_score"),
        CheckConstraint(
            "state IN ('asked','answered','lapsed','undeliverable')", name="ck_survey_state"
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id")
    round: int
    channel: str
    #: 'bot' or 'agent'
    handled_by: str
    agent_id: int | None
    entry_id: str | None
    state: str
    score: int | None
    comment: str | None = Field(default=None, sa_type=Text)
    asked_at: int = instant(null=False)
    answered_at: int | None = instant()
