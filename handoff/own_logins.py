"""Where an agent is logged in, for the account's own page."""

from dataclasses import dataclass

from bot.store import Tx


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginRow:
    """One logged-in browser of an agent."""

    id: int
    token_hash: str
    created_at: int
    seen_at: int
    expires_at: int


def list_logins(tx: Tx, agent_id: int) -> list[LoginRow]:
    """Where an agent is logged in, the newest first."""
    rows = tx.all(
        "SELECT id, token_hash, created_at, seen_at, expires_at FROM login_session"
        " WHERE agent_id = :agent ORDER BY id DESC LIMIT 50",
        agent=agent_id,
    )
    return [LoginRow(**dict(row)) for row in rows]


def end_login(tx: Tx, login_id: int, *, agent_id: int) -> bool:
    """End one of the agent's own logins."""
    return (
        tx.run(
            "DELETE FROM login_session WHERE id = :id AND agent_id = :agent",
            id=login_id,
            agent=agent_id,
        )
        == 1
    )
