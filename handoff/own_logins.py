"""Where agents are logged in, for the account's own page and for administrators."""

from dataclasses import dataclass

from bot.store import Tx

#: Of an agent so many are shown; all of them can be ended at once.
_MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginRow:
    """One logged-in browser of an agent."""

    id: int
    token_hash: str
    created_at: int
    seen_at: int
    expires_at: int


def list_logins(
    tx: Tx, agent_id: int | None, *, now: int, idle_ms: int
) -> dict[int, list[LoginRow]]:
    """Logins that have not ended under their agents' ids, the newest first; None: of everybody."""
    rows = tx.all(
        """SELECT agent_id, id, token_hash, created_at, seen_at, expires_at FROM login_session
        WHERE (:agent = 0 OR agent_id = :agent) AND expires_at > :now AND seen_at > :quiet
        ORDER BY id DESC""",
        agent=agent_id or 0,
        now=now,
        quiet=now - idle_ms,
    )
    found: dict[int, list[LoginRow]] = {}
    for row in rows:
        columns = dict(row)
        mine = found.setdefault(columns.pop("agent_id"), [])
        if len(mine) < _MOST_SHOWN:
            mine.append(LoginRow(**columns))
    return found


def end_login(tx: Tx, login_id: int, *, agent_id: int) -> bool:
    """End one of this agent's logins; False when they have none of that number."""
    return (
        tx.run(
            "DELETE FROM login_session WHERE id = :id AND agent_id = :agent",
            id=login_id,
            agent=agent_id,
        )
        == 1
    )
