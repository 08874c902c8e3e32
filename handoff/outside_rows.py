"""Rows of log-ins by an outside account: who is bound to whom, and what has come back once."""

from bot.store import Tx
from handoff.access import Agent
from handoff.accounts import agent_from_row
from handoff.sessions import hash_text


def find_bound(tx: Tx, *, issuer: str, subject: str) -> Agent | None:
    """The account that an outside account logs in as."""
    row = tx.one(
        """SELECT a.* FROM outside_account o JOIN agent a ON a.id = o.agent_id
        WHERE o.issuer = :issuer AND o.subject = :subject""",
        issuer=issuer,
        subject=subject,
    )
    return agent_from_row(row) if row else None


def is_bound(tx: Tx, agent_id: int, *, issuer: str) -> bool:
    """Whether an account has its outside account already."""
    row = tx.one(
        "SELECT id FROM outside_account WHERE agent_id = :agent AND issuer = :issuer",
        agent=agent_id,
        issuer=issuer,
    )
    return row is not None


def bind(tx: Tx, agent_id: int, *, issuer: str, subject: str, now: int) -> bool:
    """From now on this outside account logs in as this agent; False when it belongs elsewhere."""
    return (
        tx.run(
            "INSERT INTO outside_account (agent_id, issuer, subject, bound_at)"
            " VALUES (:agent, :issuer, :subject, :now) ON CONFLICT (issuer, subject) DO NOTHING",
            agent=agent_id,
            issuer=issuer,
            subject=subject,
            now=now,
        )
        == 1
    )


def unbind(tx: Tx, agent_id: int) -> bool:
    """Forget an agent's outside accounts; False when there were none."""
    return tx.run("DELETE FROM outside_account WHERE agent_id = :agent", agent=agent_id) > 0


def spend_state(tx: Tx, state: str, *, now: int, expires_at: int) -> bool:
    """A log-in has come back; False when it did so before."""
    tx.run("DELETE FROM spent_state WHERE expires_at <= :now", now=now)
    return (
        tx.run(
            "INSERT INTO spent_state (state_hash, expires_at) VALUES (:hash, :expires)"
            " ON CONFLICT (state_hash) DO NOTHING",
            hash=hash_text(state),
            expires=expires_at,
        )
        == 1
    )
