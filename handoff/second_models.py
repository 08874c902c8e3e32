"""Tables of second factors and of log-ins by an outside account. Times: ms since the epoch."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.models import instant


class SecondFactor(SQLModel, table=True):
    """An agent's second factor; the secret itself is computed from the seed and our key."""

    __tablename__ = "second_factor"
    __table_args__ = (
        CheckConstraint("length(seed) = 40", name="ck_second_factor_seed"),
        CheckConstraint("last_step >= 0", name="ck_second_factor_step"),
    )
    agent_id: int = Field(primary_key=True, foreign_key="agent.id")
    seed: str
    begun_at: int = instant(null=False)
    #: empty: shown to the agent, not in force yet
    confirmed_at: int | None = instant()
    #: no code of this step or an earlier one is taken again
    last_step: int = instant(null=False)


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for the app once; only a keyed hash of it is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("agent_id", "code_hash", name="uq_recovery_code"),)
    id: int | None = Field(default=None, primary_key=True)
    agent_id: int = Field(foreign_key="agent.id")
    code_hash: str
    used_at: int | None = instant()


class LoginTicket(SQLModel, table=True):
    """A login whose password was right and whose code is still missing."""

    __tablename__ = "login_ticket"
    __table_args__ = (
        UniqueConstraint("token_hash", name="uq_login_ticket_token"),
        Index("ix_login_ticket_agent", "agent_id"),
        CheckConstraint("tries BETWEEN 0 AND 100", name="ck_login_ticket_tries"),
    )
    id: int | None = Field(default=None, primary_key=True)
    agent_id: int = Field(foreign_key="agent.id")
    token_hash: str
    tries: int = Field(default=0)
    expires_at: int = instant(null=False)


class OutsideAccount(SQLModel, table=True):
    """An account at the identity provider that logs in as one of ours."""

    __tablename__ = "outside_account"
    __table_args__ = (
        UniqueConstraint("issuer", "subject", name="uq_outside_account"),
        Index("ix_outside_account_agent", "agent_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    agent_id: int = Field(foreign_key="agent.id")
    issuer: str
    subject: str
    bound_at: int = instant(null=False)


class SpentState(SQLModel, table=True):
    """A log-in at the identity provider that came back once, and does not come back again."""

    __tablename__ = "spent_state"
    __table_args__ = (UniqueConstraint("state_hash", name="uq_spent_state"),)
    id: int | None = Field(default=None, primary_key=True)
    state_hash: str
    expires_at: int = instant(null=False)
