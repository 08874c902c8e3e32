"""Tables of the people. All times are milliseconds since the epoch, UTC."""

from sqlalchemy import CheckConstraint, Connection, Index, Text, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from bot.models import instant
from handoff import gap_models, knowledge_models, second_models

#: tables of other modules, named here so that they are registered
ALSO = (gap_models, knowledge_models, second_models)


class Agent(SQLModel, table=True):
    """Somebody of the staff who may log in."""

    __table_args__ = (
        UniqueConstraint("login", name="uq_agent_login"),
        CheckConstraint("role IN ('agent','supervisor','admin')", name="ck_agent_role"),
        CheckConstraint("presence IN ('available','away','offline')", name="ck_agent_presence"),
    )
    id: int | None = Field(default=None, primary_key=True)
    #: normalised: NFKC, lower case
    login: str
    name: str
    role: str
    password_hash: str
    #: 1: the password was given by somebody else and is changed at the first login
    must_change: int = Field(default=0)
    active: int = Field(default=1)
    #: comma-separated team names; empty: every team
    teams: str = Field(default="")
    capacity: int = Field(default=5)
    presence: str = Field(default="offline")
    presence_at: int | None = instant()
    #: last sign of life of an open desk page
    seen_at: int | None = instant()
    created_at: int = instant(null=False)


class LoginSession(SQLModel, table=True):
    """One logged-in browser; only the hash of its token is kept."""

    __tablename__ = "login_session"
    __table_args__ = (
        UniqueConstraint("token_hash", name="uq_login_session_token"),
        Index("ix_login_session_agent", "agent_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    agent_id: int = Field(foreign_key="agent.id")
    token_hash: str
    created_at: int = instant(null=False)
    seen_at: int = instant(null=False)
    expires_at: int = instant(null=False)


class LoginFailure(SQLModel, table=True):
    """A failed login, counted per login name and per address to slow guessing down."""

    __tablename__ = "login_failure"
    __table_args__ = (Index("ix_login_failure", "login", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    login: str
    address: str
    at: int = instant(null=False)


class Assignment(SQLModel, table=True):
    """Who has or had a conversation, and how it came and went."""

    __table_args__ = (
        Index(
            "uq_assignment_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        Index("ix_assignment_agent", "agent_id", "released_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id")
    agent_id: int = Field(foreign_key="agent.id")
    claimed_at: int = instant(null=False)
    released_at: int | None = instant()
    #: claimed, transferred, reopened
    came: str
    #: resolved, released, transferred, absent
    went: str | None


class Note(SQLModel, table=True):
    """A staff-only remark; never sent, never shown to customers."""

    __table_args__ = (
        UniqueConstraint("agent_id", "client_id", name="uq_note_client"),
        Index("ix_note_conversation", "conversation_id"),
        CheckConstraint("length(text) BETWEEN 1 AND 20000", name="ck_note_text"),
    )
    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id")
    agent_id: int = Field(foreign_key="agent.id")
    client_id: str
    text: str = Field(sa_type=Text)
    #: the newest message when it was written: its place in the talk
    after_seq: int
    at: int = instant(null=False)


class Callback(SQLModel, table=True):
    """A promise to call a customer back."""

    __table_args__ = (
        Index(
            "uq_callback_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
        Index("ix_callback_due", "state", "from_at"),
        CheckConstraint("state IN ('due','done','cancelled')", name="ck_callback_state"),
        CheckConstraint("until_at > from_at", name="ck_callback_slot"),
    )
    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id")
    #: E.164
    phone: str
    from_at: int = instant(null=False)
    until_at: int = instant(null=False)
    state: str
    done_by: int | None
    done_at: int | None = instant()
    outcome: str | None
    created_at: int = instant(null=False)


class Seen(SQLModel, table=True):
    """How far an agent has read a conversation."""

    __table_args__ = (UniqueConstraint("conversation_id", "agent_id", name="uq_seen"),)
    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id")
    agent_id: int = Field(foreign_key="agent.id")
    seq: int


class IdempotentRequest(SQLModel, table=True):
    """The result of a form already sent, so that sending it again changes nothing."""

    __tablename__ = "idempotent_request"
    __table_args__ = (UniqueConstraint("agent_id", "key", name="uq_idempotent_request"),)
    id: int | None = Field(default=None, primary_key=True)
    agent_id: int = Field(foreign_key="agent.id")
    key: str
    #: sha256 of what was asked: the same key with another text is refused
    fingerprint: str
    result: str = Field(sa_type=Text)
    at: int = instant(null=False)


class AuditLog(SQLModel, table=True):
    """Who changed what; rows are only ever added."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_at", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    at: int = instant(null=False)
    agent_id: int | None
    action: str
    conversation_id: int | None
    #: ids and names of states, never customer text (JSON)
    detail: str = Field(default="{}", sa_type=Text)


_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
#: as the migration has them: whoever reaches the database cannot quietly change what happened
AUDIT_GUARDS = (
    f"CREATE TRIGGER tr_audit_log_update BEFORE UPDATE ON audit_log {_REFUSE}",
    # entries of less than a year stay; older ones go as the settings say
    (
        "CREATE TRIGGER tr_audit_log_delete BEFORE DELETE ON audit_log"
        f" WHEN OLD.at > (CAST(strftime('%s', 'now') AS INTEGER) - 31536000) * 1000 {_REFUSE}"
    ),
    (
        "CREATE TRIGGER tr_audit_log_replace BEFORE INSERT ON audit_log"
        f" WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id) {_REFUSE}"
    ),
)


def _guard(_table: object, connection: Connection, **_more: object) -> None:
    for statement in AUDIT_GUARDS:
        connection.exec_driver_sql(statement)


event.listen(SQLModel.metadata.tables["audit_log"], "after_create", _guard)
